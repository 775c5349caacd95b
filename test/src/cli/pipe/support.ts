import { type Local, type StartOptions, start } from '@putlogs/local';
import type { ExecutionContext } from 'ava';

export async function service(t: ExecutionContext, options: StartOptions = {}): Promise<Local> {
  const local = await start(options);
  t.teardown(() => local.close());
  return local;
}

export function environment(
  local: Local,
  env: Readonly<Record<string, string>> = {},
): Record<string, string> {
  return { ...local.env, PUTLOGS_LOG_GROUP_NAME: '/my/app', PUTLOGS_SERVICE: 'checkout', ...env };
}

/** The messages that arrived, in no order. */
export function arrived(local: Local): string[] {
  return local
    .events('/my/app')
    .map(({ message }) => message)
    .toSorted();
}

export function linesOf(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .toSorted();
}
