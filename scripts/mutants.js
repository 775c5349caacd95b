// Changes the built code in one place at a time, in a copy of the tree, and runs the tests that execute this place. A change
// that no test notices is a hole in the tests, or changes nothing that matters. Prints the score and the survivors. The tests run
// on the files that the compiler wrote, before they are bundled.
//
//   pnpm check:mutants [--sample=40] [--seed=1] [--only=spool/lock] [--minutes=60] [--json=FILE]
//
// --sample is the number for each folder. --again=FILE tries the survivors in such a JSON file once more.
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { seededRandom } from '@putlogs/local';
import { Coverages, executes } from './mutants/coverage.js';
import { distance, FOLDERS, filesOf, testFiles } from './mutants/folders.js';
import { mutantsOf } from './mutants/operators.js';
import { Tree } from './mutants/tree.js';

const { values: given } = parseArgs({
  options: {
    sample: { type: 'string', default: '40' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    again: { type: 'string' },
    minutes: { type: 'string', default: '600' },
    json: { type: 'string' },
  },
});

/** How long the tests outside a folder may take. */
const FAR_TESTS_MS = 60_000;

const tree = new Tree();
process.once('exit', () => tree.remove());
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

const folders = FOLDERS.map((name) => ({ name, files: filesOf(tree.root, name) }));
const sample = given.again === undefined ? sampleOf(allMutants()) : survivorsOf(given.again);
process.stderr.write(`${allMutants().length} mutants, of which ${sample.length} are tried\n`);

const coverages = await coveragesOf(testFiles(tree.root));
const end = Date.now() + Number(given.minutes) * 60_000;
const results = [];
for (const [i, mutant] of sample.entries()) {
  if (Date.now() > end) break;
  const result = await tried(mutant);
  results.push(result);
  process.stderr.write(`${i + 1}/${sample.length} ${result.outcome} ${inWords(mutant)} ${result.by ?? ''}\n`);
  if (given.json) {
    const json = JSON.stringify({ seed: given.seed, results }, undefined, 1);
    writeFileSync(given.json, `${json}\n`);
  }
}
print(results);

function allMutants() {
  return folders.flatMap(({ name, files }) =>
    files.flatMap((file) => mutantsOf(tree.read(file)).map((mutant) => ({ folder: name, file, ...mutant }))),
  );
}

/** As many of each folder, in turn: so a run that ends early has tried as many of each. */
function sampleOf(mutants) {
  const random = seededRandom(Number(given.seed));
  const byFolder = FOLDERS.map((name) => {
    const own = mutants.filter(({ folder, file }) => folder === name && file.includes(given.only));
    return shuffled(own, random).slice(0, Number(given.sample));
  });
  const longest = Math.max(...byFolder.map(({ length }) => length));
  return Array.from({ length: longest }, (_, i) => byFolder.flatMap((own) => own.slice(i, i + 1))).flat();
}

/** The same changes in the code as it is now, which may have moved by some lines. */
function survivorsOf(file) {
  const { results } = JSON.parse(readFileSync(file, 'utf8'));
  const mutants = allMutants();
  const survivors = results.filter(({ outcome }) => outcome === 'survived');
  return survivors.flatMap((one) => {
    const same = mutants.filter(
      (mutant) =>
        mutant.file === one.file &&
        mutant.kind === one.kind &&
        mutant.text === one.text &&
        tree.read(mutant.file).slice(mutant.start, mutant.end) === one.was,
    );
    return same.sort((a, b) => Math.abs(a.line - one.line) - Math.abs(b.line - one.line)).slice(0, 1);
  });
}

/** Fisher and Yates. */
function shuffled(items, random) {
  const copy = [...items];
  for (let i = copy.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [copy[i], copy[j]] = [copy[j], copy[i]];
  }
  return copy;
}

async function coveragesOf(tests) {
  const coverages = new Coverages(
    tree,
    folders.flatMap(({ files }) => files),
  );
  const byTest = new Map();
  for (const test of tests) {
    const coverage = await coverages.of(test);
    process.stderr.write(`${test} passes in ${coverage.ms} ms\n`);
    byTest.set(test, coverage);
  }
  return byTest;
}

/**
 * The tests that execute the place, in sets to be run one after the other: what the nearest notice, the others are not asked
 * for. Of those outside the folder the quickest, for a minute.
 */
function stagesOf(mutant) {
  const tests = [...coverages].filter(([, coverage]) => executes(coverage, mutant));
  tests.sort(([, a], [, b]) => a.ms - b.ms);
  const [own, folder, others] = [0, 1, 2].map((far) =>
    tests.filter(([test]) => distance(test, mutant.folder, mutant.file) === far),
  );
  let ms = 0;
  const quick = others.filter(([, coverage], i) => {
    ms += coverage.ms;
    return i === 0 || ms < FAR_TESTS_MS;
  });
  return [own, folder, quick].filter(({ length }) => length > 0).map((stage) => stage.map(([test]) => test));
}

async function tried(mutant) {
  const { file, start, end, text } = mutant;
  const code = tree.read(file);
  const was = code.slice(start, end);
  tree.write(file, code.slice(0, start) + text + code.slice(end));
  const stages = stagesOf(mutant);
  try {
    for (const tests of stages) {
      const { passed, timedOut, failure } = await tree.test(tests);
      if (timedOut) return { ...mutant, was, outcome: 'timeout', by: tests.join(' ') };
      if (!passed) return { ...mutant, was, outcome: 'killed', by: failure };
    }
    return { ...mutant, was, outcome: 'survived', isExecuted: stages.length > 0 };
  } finally {
    tree.write(file, code);
  }
}

function inWords({ file, line, kind }) {
  return `${file.replace('/build/', '/')}:${line} ${kind}`;
}

function print(tried) {
  const rows = FOLDERS.map((name) => {
    const own = tried.filter(({ folder }) => folder === name);
    const survivors = own.filter(({ outcome }) => outcome === 'survived').length;
    const share = own.length === 0 ? '' : `${Math.round((100 * (own.length - survivors)) / own.length)} %`;
    return `| ${name} | ${own.length} | ${own.length - survivors} | ${share} |`;
  });
  const survivors = tried.filter(({ outcome }) => outcome === 'survived');
  const lines = survivors.map(
    ({ was, text, isExecuted, ...mutant }) =>
      `- ${inWords(mutant)}: \`${firstLine(was)}\`${text.length < 40 ? ` → \`${text}\`` : ''}${isExecuted ? '' : ' (no test executes it)'}`,
  );
  const page = ['| folder | tried | killed | |', '|---|---|---|---|', ...rows, '', ...lines, ''];
  process.stdout.write(page.join('\n'));
}

function firstLine(text) {
  return text.split('\n')[0].slice(0, 80);
}
