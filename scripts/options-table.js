// Writes the option tables of the documentation from the table in the code: all options into docs/configuration.md,
// the most used ones into the READMEs. With --check it only says which page is stale.
import { readFileSync, writeFileSync } from 'node:fs';
import { OPTIONS, variableOf } from '../packages/core/dist/config/index.js';

const MOST_USED = [
  'logGroupName',
  'logStreamName',
  'service',
  'environment',
  'retentionInDays',
  'flushIntervalMs',
  'maxBufferBytes',
  'spoolDirectory',
  'deadLetterFile',
  'closeTimeoutMs',
];
const PAGES = {
  'docs/configuration.md': Object.keys(OPTIONS),
  'README.md': MOST_USED,
  'packages/pino/README.md': MOST_USED,
  'packages/winston/README.md': MOST_USED,
};
const BEGIN = '<!-- options: written by scripts/options-table.js -->\n';
const END = '<!-- options end -->';

for (const [page, names] of Object.entries(PAGES)) {
  const file = new URL(`../${page}`, import.meta.url);
  const text = readFileSync(file, 'utf8');
  const written = withTable(page, text, tableOf(names));
  if (!process.argv.includes('--check')) writeFileSync(file, written);
  else if (written !== text) {
    process.stderr.write(`The option table of ${page} is stale: run node scripts/options-table.js\n`);
    process.exitCode = 1;
  }
}

function tableOf(names) {
  const rows = names.map((name) => {
    const { standardVariables = [], default: standard, description } = OPTIONS[name];
    const variables = [variableOf(name), ...standardVariables]
      .map((variable) => `\`${variable}\``)
      .join(', ');
    return `| \`${name}\` | ${variables} | ${standard === undefined ? '' : `\`${standard}\``} | ${description} |`;
  });
  return ['| option | environment variable | default | |', '|---|---|---|---|', ...rows, ''].join('\n');
}

function withTable(page, text, table) {
  const from = text.indexOf(BEGIN);
  const to = text.indexOf(END, from);
  if (from < 0 || to < 0) throw new Error(`${page} has no place for the option table`);
  return text.slice(0, from) + BEGIN + table + text.slice(to);
}
