import type { Local } from '@putlogs/local';
import type { ExecutionContext } from 'ava';
import { answer } from '../../support/answer.js';
import { application, putlogs } from '../../support/command.js';

export interface Finding {
  readonly code: string;
  readonly check: string;
  readonly level: 'ok' | 'warning' | 'error';
  readonly message: string;
  readonly details: readonly string[];
  readonly fix?: { readonly kind: string; readonly text?: string; readonly document?: object };
}

/** The variables of an application whose logs arrive. */
export function sound(local: Local, env: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { ...local.env, PUTLOGS_LOG_GROUP_NAME: '/my/app', ...env };
}

/** Runs the doctor in the folder of an application, and reads what it prints. */
export async function examine(
  t: ExecutionContext,
  env: Readonly<Record<string, string>>,
  args: readonly string[] = [],
) {
  const options = { cwd: application(t), env };
  return diagnosis(t, await answer(['doctor', '--json', ...args], options));
}

/** The same in a process of its own, beside which others may wait too. */
export async function examineAlone(t: ExecutionContext, env: Readonly<Record<string, string>>) {
  return diagnosis(t, await putlogs(['doctor', '--json'], { cwd: application(t), env }));
}

function diagnosis(
  t: ExecutionContext,
  { code, stdout, stderr }: Readonly<Record<'stdout' | 'stderr', string>> & { readonly code: number | null },
) {
  t.is(stderr, '');
  const {
    findings,
    unchecked,
    conclusion,
  }: { findings: Finding[]; unchecked: string[]; conclusion: string } = JSON.parse(stdout);
  const problems = findings.filter(({ level }) => level !== 'ok');
  return { code, findings, problems, unchecked, conclusion };
}

/** The codes of what is wrong, in order. */
export function codesOf(findings: readonly Finding[]): string[] {
  return findings.map(({ code }) => code);
}
