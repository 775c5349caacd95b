// Writes the option tables of the documentation: all options into docs/configuration.md, the most used ones into the
// READMEs. The text of an option is its doc comment in the code. With --check it only says which page is stale.
import { readFileSync, writeFileSync } from 'node:fs';
import { OPTIONS, variableOf } from '../packages/core/dist/internal.js';

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
const DECLARATIONS = new URL('../packages/core/dist/config/options.d.ts', import.meta.url);
const BEGIN = '<!-- options: written by scripts/options-table.js -->\n';
const END = '<!-- options end -->';

const descriptions = descriptionsIn(readFileSync(DECLARATIONS, 'utf8'));
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
    const { standardVariables = [], default: standard, isSecret } = OPTIONS[name];
    const variables = [...(isSecret ? [] : [variableOf(name)]), ...standardVariables]
      .map((variable) => `\`${variable}\``)
      .join(', ');
    return `| \`${name}\` | ${variables} | ${standard === undefined ? '' : `\`${standard}\``} | ${descriptions.get(name)} |`;
  });
  return ['| option | environment variable | default | |', '|---|---|---|---|', ...rows, ''].join('\n');
}

/** The doc comment of each option, on one line and without its tags. */
function descriptionsIn(declarations) {
  const comments = declarations.matchAll(/\/\*\*((?:(?!\*\/).)*)\*\/\s+readonly (\w+): Option/gs);
  return new Map(
    Array.from(comments, ([, comment, name]) => {
      const [text] = comment.replace(/\s*\n\s*\*\s?/g, ' ').split(' @default');
      return [name, text.trim()];
    }),
  );
}

function withTable(page, text, table) {
  const from = text.indexOf(BEGIN);
  const to = text.indexOf(END, from);
  if (from < 0 || to < 0) throw new Error(`${page} has no place for the option table`);
  return text.slice(0, from) + BEGIN + table + text.slice(to);
}
