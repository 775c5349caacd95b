import { safe, stdout } from '../terminal/output.js';
import type { Check, CodeRow, Level } from './checks.js';
import { CODES, type Code } from './codes.js';
import { advice, type Finding, type Findings, type Fix } from './findings.js';

const MARKS = { ok: '✓', warning: '!', error: '✗' } as const;
const COLOURS = { ok: 'green', warning: 'yellow', error: 'red' } as const;

/** What is wrong comes first, with its fix; then all that is right; last one sentence. */
export function printReport(findings: Findings): void {
  for (const level of ['error', 'warning'] as const)
    for (const finding of findings.of(level)) printProblem(finding);
  for (const finding of findings.of('ok')) printOk(finding);
  if (findings.all.some(({ level }) => level !== 'ok'))
    stdout.line(dim('–  docs/doctor.md in the repository of putlogs describes each code'));
  if (findings.unchecked.length > 0) stdout.line(dim(`–  Not checked: ${findings.unchecked.join(', ')}`));
  stdout.line();
  stdout.line(stdout.style('bold', safe(conclusion(findings))));
}

function printProblem({ level, code, message, details, fix }: Finding): void {
  stdout.line(`${mark(level)}  ${stdout.style('bold', code)}  ${safe(message)}`);
  for (const detail of details) stdout.line(dim(`     ${safe(detail)}`));
  printFix(fix ?? remedyOf(code));
  stdout.line();
}

/** What docs/doctor.md says, without its links. */
function remedyOf(code: Code): Fix {
  const { remedy = '' }: CodeRow = CODES[code];
  return advice(remedy.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').replaceAll('`', ''));
}

function printFix(fix: Fix): void {
  if (fix.kind === 'policy') {
    stdout.line('   Fix: allow this');
    stdout.line(indented(JSON.stringify(fix.document, undefined, 2), 8));
  } else
    stdout.line(`   Fix: ${fix.kind === 'command' ? stdout.style('cyan', safe(fix.text)) : safe(fix.text)}`);
}

function printOk({ check, level, message, details }: Finding): void {
  stdout.line(`${mark(level)}  ${check}: ${safe(message)}`);
  for (const detail of details) stdout.line(dim(`     ${safe(detail)}`));
}

function mark(level: Level): string {
  return stdout.style(COLOURS[level], MARKS[level]);
}

function dim(text: string): string {
  return stdout.style('dim', text);
}

function indented(text: string, spaces: number): string {
  return safe(text).replaceAll(/^/gm, ' '.repeat(spaces));
}

/** What an error in these checks means. In any other check it means that nothing arrives. */
const HARMS: Partial<Record<Check, string>> = {
  Spool: 'Events arrive, but nothing survives the process',
  'Dead letters': 'Events arrive, but those that the service refuses are lost',
};

/** One sentence. */
export function conclusion(findings: Findings): string {
  const [error, ...others] = findings.of('error');
  const warnings = findings.of('warning').length;
  if (error !== undefined) {
    const harm = HARMS[error.check] ?? 'Nothing arrives';
    const codes = new Set(others.map(({ code }) => code));
    codes.delete(error.code);
    const more = codes.size === 0 ? '' : `, and ${[...codes].join(', ')} after it`;
    return `${harm} until ${error.code} is fixed${more}.`;
  }
  const but =
    warnings === 0 ? '' : `, but see the ${warnings === 1 ? 'warning' : `${warnings} warnings`} above`;
  if (findings.all.some(({ code }) => code === 'PL-DELIVERED')) return `Events arrive${but}.`;
  return `Nothing was found that would stop an event${but}; putlogs doctor --send sends one.`;
}
