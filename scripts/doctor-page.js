// Writes the codes of `putlogs doctor` into docs/doctor.md, from the table in the code. With --check it only says whether the
// page is up to date.
import { readFileSync, writeFileSync } from 'node:fs';
import { CHECKS } from '../packages/cli/dist/doctor/checks.js';
import { CODES } from '../packages/cli/dist/doctor/codes.js';

const PAGE = new URL('../docs/doctor.md', import.meta.url);
const CODES_PART = /(<!-- codes: written by scripts\/doctor-page\.js -->\n)[\s\S]*?(<!-- codes end -->)/;

const text = readFileSync(PAGE, 'utf8');
const written = text.replace(
  CODES_PART,
  (_, begin, end) => `${begin}${CHECKS.map(section).join('')}\n${end}`,
);
if (!process.argv.includes('--check')) writeFileSync(PAGE, written);
else if (written !== text) {
  process.stderr.write('The codes in docs/doctor.md are stale: run node scripts/doctor-page.js\n');
  process.exitCode = 1;
}

function section(check) {
  const own = Object.entries(CODES).filter(([, row]) => row.check === check);
  const fine = own
    .filter(([, { level }]) => level === 'ok')
    .map(([code, { means }]) => `- \`${code}\`: ${means}\n`);
  const problems = own.filter(([, { level }]) => level !== 'ok').map(([code, row]) => problem(code, row));
  return `\n## ${check}\n\n${fine.join('')}${problems.join('')}`;
}

function problem(code, { level, means, remedy }) {
  return `\n### ${code}\n\n${level === 'error' ? 'Error' : 'Warning'}. ${wrapped(`${means} ${remedy}`)}\n`;
}

/** Lines of a page have 120 characters at most. */
function wrapped(text) {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== '' && last.length + word.length > 110) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines.join('\n');
}
