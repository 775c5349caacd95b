import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';

/** The folders whose code is changed. */
export const FOLDERS = ['pipeline', 'batching', 'spool', 'channel'];

/** The tests that may look at this code: files and folders below test/build. */
const TESTS = [
  ...FOLDERS.map((folder) => `core/${folder}`),
  'pino/stream.test.js',
  ...['answers', 'boundaries', 'credentials', 'refusals', 'refused-all'].map(
    (name) => `scenarios/delivery/${name}.test.js`,
  ),
  'scenarios/spool/safety.test.js',
  'winston/transport.test.js',
];

/** Tests that take long, and look at what others look at too. */
export const LEFT_OUT_TITLES = [
  '*: a full disk *',
  '*100,000 records*',
  '*very many tiny batches*',
  '*costs little time and memory*',
  'a destination that does not exist delays no other',
  'in an outage with many log streams*',
];

/** The built files of a folder. One without a source is left over from an earlier build. */
export function filesOf(root, name) {
  const folder = `packages/core/build/${name}`;
  const files = readdirSync(join(root, folder))
    .filter((file) => file.endsWith('.js'))
    .map((file) => `${folder}/${file}`);
  return files.filter((file) =>
    existsSync(join(root, file.replace('/build/', '/src/').replace(/js$/, 'ts'))),
  );
}

/** All tests, as ava takes them. */
export function testFiles(root) {
  const folder = join(root, 'test/build');
  const all = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.test.js'));
  return all
    .filter((name) => TESTS.some((path) => name === path || name.startsWith(`${path}/`)))
    .map((name) => `build/${name}`);
}

/** How far a test is from a file: its own test, one of its folder, any other. */
export function distance(test, folder, file) {
  if (test === `build/core/${folder}/${basename(file, '.js')}.test.js`) return 0;
  return test.startsWith(`build/core/${folder}/`) ? 1 : 2;
}
