import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';

const CORE = 'packages/core/dist';

/** Tests that take long, and look at what others look at too. */
export const LEFT_OUT_TITLES = ['*a disk that is full*', '*100,000 records*'];

/**
 * Which tests look at which code, the quick and near ones first: what those notice, the others are not asked for.
 * Of a folder, all its tests.
 */
export const ROOMS = [
  {
    name: 'pipeline',
    sources: `${CORE}/pipeline`,
    tests: [
      ['core/pipeline'],
      [
        'core/spool/spool',
        'scenarios/delivery/boundaries',
        'scenarios/delivery/refusals',
        'scenarios/delivery/hanging',
      ],
    ],
  },
  {
    name: 'batching',
    sources: `${CORE}/batching`,
    tests: [
      ['core/batching'],
      ['core/pipeline/dispatcher'],
      ['core/spool/spool', 'scenarios/delivery/boundaries'],
    ],
  },
  {
    name: 'spool',
    sources: `${CORE}/spool`,
    tests: [['core/spool'], ['scenarios/spool/safety', 'core/channel/worker-losses']],
  },
  {
    name: 'channel',
    sources: `${CORE}/channel`,
    tests: [['core/channel'], ['winston/transport']],
  },
];

/** A file without a source is left over from an earlier build. */
export function filesOf(root, { sources }) {
  const names = readdirSync(join(root, sources)).filter((name) => name.endsWith('.js'));
  const files = names.map((name) => `${sources}/${name}`);
  return files.filter((file) => existsSync(join(root, file.replace('/dist/', '/src/').replace(/js$/, 'ts'))));
}

/** Sets of test files, to be run one after the other: the file's own test comes first. */
export function stagesOf(root, roomName, file) {
  const { name, tests } = ROOMS.find((room) => room.name === roomName);
  const stages = [[`core/${name}/${basename(file, '.js')}`], ...tests];
  const seen = new Set();
  return stages
    .map((paths) =>
      paths.flatMap((path) => testFiles(root, path)).filter((test) => !seen.has(test) && seen.add(test)),
    )
    .filter((files) => files.length > 0);
}

function testFiles(root, path) {
  const folder = join(root, 'test/build');
  const file = `build/${path}.test.js`;
  if (existsSync(join(root, 'test', file))) return [file];
  if (!statSync(join(folder, path), { throwIfNoEntry: false })?.isDirectory()) return [];
  const names = readdirSync(join(folder, path)).filter((name) => name.endsWith('.test.js'));
  return names.map((name) => `build/${path}/${name}`);
}
