// Writes the option table into the README, from the table in the code. With --check it only says whether it is
// up to date.
import { readFileSync, writeFileSync } from 'node:fs';
import { OPTIONS, variableOf } from '../packages/core/dist/config/index.js';

const README = new URL('../README.md', import.meta.url);
const BEGIN = '<!-- options: written by scripts/readme-options.js -->\n';
const END = '<!-- options end -->';

const rows = Object.entries(OPTIONS).map(([name, option]) => {
  const variables = [variableOf(name), ...(option.standardVariables ?? [])].map((v) => `\`${v}\``).join(', ');
  const standard = option.default === undefined ? '' : `\`${option.default}\``;
  return `| \`${name}\` | ${variables} | ${standard} | ${option.description} |`;
});
const table = ['| option | environment variable | default | |', '|---|---|---|---|', ...rows, ''].join('\n');

const text = readFileSync(README, 'utf8');
const [before, rest] = text.split(BEGIN);
const after = rest.slice(rest.indexOf(END));
const written = before + BEGIN + table + after;

if (process.argv.includes('--check')) {
  if (written !== text) {
    process.stderr.write('The option table of README.md is stale: run node scripts/readme-options.js\n');
    process.exitCode = 1;
  }
} else writeFileSync(README, written);
