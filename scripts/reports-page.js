// Writes the codes of the reports into docs/reports.md, from the comments of their type. With --check it only says whether the
// page is up to date.
import { readFileSync } from 'node:fs';
import { putPart, wrapped } from './pages/part.js';

const TYPES = new URL('../packages/core/src/reporting/report-types.ts', import.meta.url);

const [, union] = /export type ProblemCode =\n(.*?;)\n/s.exec(readFileSync(TYPES, 'utf8'));
const groups = union.split(/^ {2}\/\/ /m).slice(1);
putPart('docs/reports.md', 'codes', 'scripts/reports-page.js', `${groups.map(section).join('')}\n`);

function section(group) {
  const [title, effect = ''] = group.slice(0, group.indexOf('\n')).split(/(?<=\.) /);
  const codes = Array.from(group.matchAll(/\/\*\*((?:(?!\*\/).)*)\*\/\s+\| '([a-z-]+)'/gs), problem);
  return `\n## ${title.slice(0, -1)}\n${effect === '' ? '' : `\n${effect}\n`}${codes.join('')}`;
}

function problem([, comment, code]) {
  const [cause, fix] = comment
    .replaceAll(/\s*\n\s*\*\s?/g, ' ')
    .trim()
    .split(' Fix: ');
  if (fix === undefined) throw new Error(`The comment of ${code} does not say how to fix it`);
  return `\n### ${code}\n\n${wrapped(`${cause}`)}\n\n${wrapped(`**Fix:** ${fix}`)}\n`;
}
