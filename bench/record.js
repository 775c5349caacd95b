import { randomUUID } from 'node:crypto';

// Different in each record, as in a real log, so that gzip has no easier time than there.
const ids = Array.from({ length: 4096 }, () => randomUUID());
const paths = ['/', '/cart', '/cart/items', '/checkout', '/products/4711', '/healthz'];

export const TEXT = 'request completed';

/**
 * The fields of record number n. With what the loggers add, a record takes about 250 bytes.
 * @param {number} n
 */
export function fields(n) {
  return {
    n,
    requestId: ids[n % ids.length],
    method: 'GET',
    path: paths[n % paths.length],
    status: 200,
    durationMs: (n * 7919) % 1000,
    user: { id: (n * 104_729) % 100_000, plan: 'team' },
    region: 'eu-central-1',
  };
}

/** The numbers of records in messages, or in a request body that holds messages as JSON strings. */
export const NUMBER = /\\?"n\\?":\s*(\d+)/g;
