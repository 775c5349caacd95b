import { once } from 'node:events';
import { blocksOf } from './pages.js';

const PAGE = 'docs/start/local-loop.md';
const DEFAULT_PORT = /\b4586\b/g;
const PROGRAM = 'docs/start/environment-variables.md';

/** The commands of the local loop, each in a shell, with a free port. */
export async function walkLoop(project) {
  const { child, ended } = project.start(['node_modules/@putlogs/local/dist/cli.js', '--port', '0'], {}, [
    'ignore',
    'pipe',
    'inherit',
  ]);
  try {
    const [greeting] = await once(child.stdout.setEncoding('utf8'), 'data');
    child.stdout.resume();
    const [, port] = /http:\/\/127\.0\.0\.1:(\d+)/.exec(greeting);
    const [program] = blocksOf(PROGRAM, 'js');
    project.write('app.js', program);
    const shell = (command) => project.outcome('bash', ['-c', command.replaceAll(DEFAULT_PORT, port)], {});
    const commands = blocksOf(PAGE, 'sh');
    const exports = commands.find((command) => command.startsWith('export '));
    const variables = exports.split('\n').filter((line) => line.startsWith('export '));
    const queries = commands
      .find((command) => command.includes(' query '))
      .split('\n')
      .filter((line) => line !== '');
    const rows = [rowOf('start the application', await shell(exports), () => true)];
    for (const query of queries) {
      const command = [...variables, query.replace(/ --follow$/, '')].join('\n');
      rows.push(rowOf(query, await shell(command), ({ stdout }) => stdout.includes('order placed')));
    }
    return rows;
  } finally {
    child.kill();
    await ended;
  }
}

function rowOf(what, result, shows) {
  return {
    what: `${PAGE}: \`${what}\``,
    seen: result.code === 0 ? 'works' : `ends with ${result.code}`,
    isRight: result.code === 0 && shows(result),
    output: `${result.stdout}${result.stderr}`,
  };
}
