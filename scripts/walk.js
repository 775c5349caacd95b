// The walk of a newcomer: installs our packages, as they would be published, into an empty project by npm; runs each start that
// the READMEs and docs/start show, and looks for its events in a local service; then makes the usual mistakes, and looks whether
// the sentence that is printed names the fix. Prints a table, and fails if a row is not as it should be.
import { START_PAGES } from '../test/build/documentation/quick-starts.js';
import { Workshop } from './packages/project.js';
import { walkLoop } from './walk/loop.js';
import { makeMistakes } from './walk/mistakes.js';
import { startsOf } from './walk/pages.js';
import { runStarts } from './walk/starts.js';

const workshop = new Workshop();
try {
  const starts = START_PAGES.flatMap(startsOf);
  const named = starts.flatMap(({ packages }) => packages);
  const project = workshop.project('newcomer');
  await project.install([
    ...new Set([...named, '@putlogs/local', '@putlogs/cli', 'typescript', '@types/node']),
  ]);
  const rows = [
    ...(await runStarts(project, starts)),
    ...(await walkLoop(project)),
    ...(await makeMistakes(project, starts)),
  ];
  process.stdout.write(tableOf(rows));
  const wrong = rows.filter(({ isRight }) => !isRight);
  if (wrong.length > 0) {
    process.stdout.write(`\n${wrong.map(({ what, output }) => `${what}:\n${output}\n`).join('\n')}`);
    process.exitCode = 1;
  }
} finally {
  workshop.remove();
}

function tableOf(rows) {
  const lines = rows.map(
    ({ what, seen, isRight }) => `| ${isRight ? 'yes' : '**no**'} | ${what} | ${seen} |\n`,
  );
  return `| | what | seen |\n|---|---|---|\n${lines.join('')}`;
}
