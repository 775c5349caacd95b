import { start } from '@putlogs/local';
import { recordsOf } from '../../test/build/documentation/quick-starts.js';
import { PATIENCE } from './patience.js';

const LOG_GROUP = '/my/app';

/** As docs/start says, since the programs are ES modules. */
const PROGRAM = 'app.mjs';

/** Runs each start as a newcomer does: pasted into a file, beside the packages. */
export async function runStarts(project, starts) {
  const rows = [];
  for (const { page, line, language, code, packages } of starts) {
    const local = await start();
    const program = await paste(project, language, code);
    const { code: exitCode, stderr } = await project.outcome(process.execPath, [program], {
      ...local.env,
      NODE_OPTIONS: PATIENCE,
      // Where the code names neither.
      PUTLOGS_LOG_GROUP_NAME: LOG_GROUP,
      PUTLOGS_SERVICE: 'checkout',
    });
    const arrived = local.events(LOG_GROUP).length;
    await local.close();
    const missing = missingPackages(code, packages);
    rows.push({
      what: `${page}:${line}`,
      seen: `${arrived} of ${recordsOf(code)} events${missing.length > 0 ? `, not installed: ${missing}` : ''}`,
      isRight: exitCode === 0 && stderr === '' && arrived === recordsOf(code) && missing.length === 0,
      output: stderr,
    });
  }
  return rows;
}

/** @returns the file that Node can run */
async function paste(project, language, code) {
  project.write(`app.m${language}`, code);
  if (language === 'js') return PROGRAM;
  const flags = ['--module', 'nodenext', '--target', 'es2023', '--types', 'node', '--strict'];
  await project.node(['node_modules/typescript/bin/tsc', ...flags, 'app.mts']);
  return PROGRAM;
}

/** What a program imports and its page does not install, if it installs anything. */
function missingPackages(code, packages) {
  if (packages.length === 0) return [];
  const imported = Array.from(code.matchAll(/ from '(@putlogs\/\w+|pino|winston)/g), ([, name]) => name);
  return imported.filter((name) => !packages.includes(name));
}
