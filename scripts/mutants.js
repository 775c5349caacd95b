// Changes the built code in one place at a time, in a copy of the tree, and runs the tests of that place. A change that no
// test notices is a hole in the tests, or changes nothing that matters. Prints the score and the survivors.
//
//   pnpm check:mutants [--sample=150] [--seed=1] [--only=spool/lock] [--minutes=60] [--no-check] [--json=FILE]
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { seededRandom } from '../packages/local/dist/index.js';
import { mutantsOf } from './mutants/operators.js';
import { filesOf, ROOMS, stagesOf } from './mutants/rooms.js';
import { Tree } from './mutants/tree.js';

const { values: given } = parseArgs({
  options: {
    sample: { type: 'string', default: '150' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    minutes: { type: 'string', default: '600' },
    'no-check': { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});
const end = Date.now() + Number(given.minutes) * 60_000;

const tree = new Tree();
process.once('exit', () => tree.remove());
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

const all = ROOMS.flatMap((room) =>
  filesOf(tree.root, room).flatMap((file) =>
    mutantsOf(tree.read(file)).map((mutant) => ({ room: room.name, file, ...mutant })),
  ),
).filter(({ file }) => file.includes(given.only));
const sample = shuffled(all, seededRandom(Number(given.seed))).slice(0, Number(given.sample));
process.stderr.write(`${all.length} mutants, of which ${sample.length} are tried\n`);

if (!given['no-check']) await checkTests(sample);
const results = [];
for (const [i, mutant] of sample.entries()) {
  if (Date.now() > end) break;
  const result = await tried(mutant);
  results.push(result);
  process.stderr.write(`${i + 1}/${sample.length} ${result.outcome} ${inWords(mutant)} ${result.by ?? ''}\n`);
  if (given.json)
    writeFileSync(given.json, `${JSON.stringify({ seed: given.seed, results }, undefined, 1)}\n`);
}
print(results);

/** Fisher and Yates. */
function shuffled(items, random) {
  const copy = [...items];
  for (let i = copy.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [copy[i], copy[j]] = [copy[j], copy[i]];
  }
  return copy;
}

/** Without any change all tests must pass: else every change would seem to be noticed. */
async function checkTests(mutants) {
  const files = new Set(mutants.flatMap(({ file, room }) => stagesOf(tree.root, room, file).flat()));
  const { passed, output } = await tree.test([...files]);
  if (!passed) throw new Error(`The tests fail without any change:\n${output.slice(-3000)}`);
}

async function tried(mutant) {
  const { room, file, start, end, text } = mutant;
  const code = tree.read(file);
  tree.write(file, code.slice(0, start) + text + code.slice(end));
  try {
    for (const tests of stagesOf(tree.root, room, file)) {
      const { passed, timedOut, failure } = await tree.test(tests);
      if (timedOut) return { ...mutant, outcome: 'timeout', by: tests.join(' ') };
      if (!passed) return { ...mutant, outcome: 'killed', by: failure };
    }
    return { ...mutant, outcome: 'survived', was: code.slice(start, end) };
  } finally {
    tree.write(file, code);
  }
}

function inWords({ file, line, kind }) {
  return `${file.replace('/dist/', '/')}:${line} ${kind}`;
}

function print(tried) {
  const rows = ROOMS.map(({ name }) => {
    const own = tried.filter(({ room }) => room === name);
    const survivors = own.filter(({ outcome }) => outcome === 'survived').length;
    const share = own.length === 0 ? '' : `${Math.round((100 * (own.length - survivors)) / own.length)} %`;
    return `| ${name} | ${own.length} | ${own.length - survivors} | ${share} |`;
  });
  const survivors = tried.filter(({ outcome }) => outcome === 'survived');
  const lines = survivors.map(
    ({ was, text, ...mutant }) =>
      `- ${inWords(mutant)}: \`${firstLine(was)}\`${text.length < 40 ? ` → \`${text}\`` : ''}`,
  );
  const page = ['| room | tried | killed | |', '|---|---|---|---|', ...rows, '', ...lines, ''];
  process.stdout.write(page.join('\n'));
}

function firstLine(text) {
  return text.split('\n')[0].slice(0, 80);
}
