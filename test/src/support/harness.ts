import { type Local, type StartOptions, start } from '@putlogs/local';
import type { ExecutionContext } from 'ava';

/** Starts a service for one test. */
export async function startLocal(t: ExecutionContext, options: StartOptions = {}): Promise<Local> {
  const local = await start(options);
  t.teardown(() => local.close());
  for (const [name, value] of Object.entries(local.env)) {
    // The endpoint is not set, since several tests of a process have services of their own.
    if (!name.startsWith('AWS_ENDPOINT_URL')) process.env[name] = value;
  }
  return local;
}

/** Options for a local service. Problems are not written to stderr, since tests cause them on purpose. */
export function optionsFor(local: Pick<Local, 'endpoint'>) {
  return { logGroupName: '/test/app', endpoint: local.endpoint, reportToStderr: false } as const;
}

/** The stored messages, in order of time, then of arrival. */
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

/** The operations of all requests, in order. */
export function operations(local: Local): string[] {
  return local.requests.map(({ operation }) => operation);
}

/** The numbers from 0 to `count` - 1. */
export function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
