// Writes the codes of `putlogs doctor` into docs/doctor.md, from the table in the code. With --check it only says whether the
// page is up to date.
import { CHECKS } from '../packages/cli/dist/doctor/checks.js';
import { CODES } from '../packages/cli/dist/doctor/codes.js';
import { putPart, wrapped } from './pages/part.js';

putPart('docs/doctor.md', 'codes', 'scripts/doctor-page.js', `${CHECKS.map(section).join('')}\n`);

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
