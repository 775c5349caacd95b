// Writes the option tables of the documentation: all options into docs/configuration.md, the most used ones first and the others
// by topic, and the most used ones into the READMEs; and the descriptions of the flags of the command `putlogs`. The text of an
// option is its doc comment in the code. With --check it only says which file is stale.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { OPTION_GROUPS, OPTIONS, variableOf } from '../packages/core/dist/internal.js';

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
const DECLARATIONS = new URL('../packages/core/build/config/', import.meta.url);
const FLAGS = 'packages/cli/src/flags/descriptions.ts';
const BEGIN = '<!-- options: written by scripts/options-table.js -->\n';
const END = '<!-- options end -->';

const descriptions = new Map(
  readdirSync(DECLARATIONS)
    .filter((file) => file.endsWith('-options.d.ts'))
    .flatMap((file) => descriptionsIn(readFileSync(new URL(file, DECLARATIONS), 'utf8'))),
);
const PAGES = {
  'docs/configuration.md': allTables(),
  'README.md': tableOf(MOST_USED),
  'packages/pino/README.md': tableOf(MOST_USED),
  'packages/winston/README.md': tableOf(MOST_USED),
};
for (const [page, tables] of Object.entries(PAGES)) put(page, (text) => withTables(page, text, tables));
put(FLAGS, () => formatted(FLAGS, flagDescriptions()));

/** Writes a file, or says that it is stale. */
function put(path, write) {
  const file = new URL(`../${path}`, import.meta.url);
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const written = write(text);
  if (!process.argv.includes('--check')) writeFileSync(file, written);
  else if (written !== text) {
    process.stderr.write(`The options in ${path} are stale: run node scripts/options-table.js\n`);
    process.exitCode = 1;
  }
}

function flagDescriptions() {
  const texts = [...descriptions].map(([name, text]) => [name, text.replace(/ ?\*\*Required\.\*\*|`/g, '')]);
  return `// Written by scripts/options-table.js from the comments of the options.
import type { OptionName } from '@putlogs/core/main-thread';

export const DESCRIPTIONS: Readonly<Record<OptionName, string>> = ${JSON.stringify(Object.fromEntries(texts))};
`;
}

/** As the linter wants it. */
function formatted(path, text) {
  const root = fileURLToPath(new URL('..', import.meta.url));
  return execFileSync('node_modules/.bin/biome', ['format', `--stdin-file-path=${path}`], {
    cwd: root,
    input: text,
    encoding: 'utf8',
  });
}

function allTables() {
  const byTopic = Object.entries(OPTION_GROUPS).map(([topic, options]) => [topic, Object.keys(options)]);
  const missing = Object.keys(OPTIONS).filter((name) => !byTopic.some(([, names]) => names.includes(name)));
  if (missing.length > 0) throw new Error(`OPTION_GROUPS does not have ${missing.join(', ')}`);
  const others = byTopic.map(([topic, names]) => [topic, names.filter((name) => !MOST_USED.includes(name))]);
  return [['Most used', MOST_USED], ...others]
    .map(([topic, names]) => `\n### ${topic}\n\n${tableOf(names)}`)
    .join('');
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
  const comments = declarations.matchAll(/\/\*\*((?:(?!\*\/).)*)\*\/\s+readonly (\w+): \S*Option/gs);
  return Array.from(comments, ([, comment, name]) => {
    const [text] = comment.replace(/\s*\n\s*\*\s?/g, ' ').split(' @default');
    return [name, text.trim()];
  });
}

function withTables(page, text, tables) {
  const from = text.indexOf(BEGIN);
  const to = text.indexOf(END, from);
  if (from < 0 || to < 0) throw new Error(`${page} has no place for the option table`);
  return text.slice(0, from) + BEGIN + tables + text.slice(to);
}
