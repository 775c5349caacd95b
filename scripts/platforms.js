// Installs the packed packages as others do, and looks whether all records arrive: with each supported version of Node, Pino and
// Winston, with package managers, other runtimes and bundlers. `--only node,managers,runtimes,runners,bundlers` tries some of them.
// `--write` puts the tables into docs/platforms.md. Needs npm's registry, and takes long.
import { parseArgs } from 'node:util';
import { putPart } from './pages/part.js';
import { Workshop } from './platforms/project.js';
import { GROUPS } from './platforms/rows.js';

/** Where something else than yes is seen: in which rows and column, what, and the words of the tables for it. */
const KNOWN = [
  [/^Deno [\d.]+$/, 'uncaught error', / of 500 records/, 'no: see below'],
  [/^Jest/, 'pino.transport', /^yes$|^Jest has detected the following 1 open handle/, 'yes, but: see below'],
  [
    /^(?:esbuild, (?:CommonJS|ES modules)$|Rollup|Vite SSR|webpack|Rspack|single|ncc)/,
    'pino.transport',
    /^0 of 500 records.*unable to determine transport target/,
    'no: see below',
  ],
];

const { only, write } = parseArgs({
  options: { only: { type: 'string' }, write: { type: 'boolean' } },
}).values;
const workshop = new Workshop();
try {
  for (const name of only?.split(',') ?? Object.keys(GROUPS)) {
    const rows = [];
    for await (const [label, cells] of GROUPS[name](workshop)) {
      process.stderr.write(`${label}: ${JSON.stringify(cells)}\n`);
      rows.push([label, withKnown(label, cells)]);
    }
    const table = tableOf(rows);
    process.stdout.write(`\n${table}\n`);
    if (write) putPart('docs/platforms.md', name, `scripts/platforms.js`, table);
  }
} finally {
  workshop.remove();
}

/** Anything else makes the script fail, and so does what works although the table says that it does not. */
function withKnown(label, cells) {
  const words = Object.entries(cells).map(([column, seen]) => {
    const known = KNOWN.find(([row, name]) => row.test(label) && name === column);
    const isExpected = known === undefined ? seen === 'yes' : known[2].test(seen);
    if (!isExpected) process.exitCode = 1;
    return [column, known !== undefined && isExpected ? known[3] : seen];
  });
  return Object.fromEntries(words);
}

function tableOf(rows) {
  const columns = Object.keys(rows[0][1]);
  const lines = rows.map(
    ([label, cells]) => `| ${[label, ...columns.map((column) => cells[column])].join(' | ')} |\n`,
  );
  return `| | ${columns.join(' | ')} |\n|${'---|'.repeat(columns.length + 1)}\n${lines.join('')}`;
}
