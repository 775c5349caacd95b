import { type Local, type StartOptions, start } from '@putlogs/local';
import type { ExecutionContext } from 'ava';

/** A service for one test. */
export async function startLocal(t: ExecutionContext, options: StartOptions = {}): Promise<Local> {
  const local = await start(options);
  t.teardown(() => local.close());
  for (const [name, value] of Object.entries(local.env)) {
    // Each test has an endpoint of its own; the rest is the same for all.
    if (!name.startsWith('AWS_ENDPOINT_URL')) process.env[name] = value;
  }
  return local;
}

/** Options that lead to it. Problems that a test causes on purpose stay out of its output. */
export function optionsFor(local: Pick<Local, 'endpoint'>) {
  return { logGroupName: '/test/app', endpoint: local.endpoint, reportToStderr: false } as const;
}

/** The stored messages, in the order of time and, within a moment, of arrival. */
export function messages(local: Local, logGroupName = '/test/app'): string[] {
  return local
    .events(logGroupName)
    .toSorted((a, b) => a.timestamp - b.timestamp)
    .map(({ message }) => message);
}

/** The PutLogEvents among the requests. */
export function puts(local: Local) {
  return local.requests.filter(({ operation }) => operation === 'PutLogEvents');
}

export function operations(local: Local): string[] {
  return local.requests.map(({ operation }) => operation);
}

/** `count` numbers from 0. */
export function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
