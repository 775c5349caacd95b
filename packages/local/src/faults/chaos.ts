import type { Fault } from './faults.js';

const OPERATIONS = ['PutLogEvents', 'CreateLogGroup', 'CreateLogStream'];

/**
 * The faults of each operation, in order. Each share applies to the requests that the faults before it did not affect.
 */
const KINDS = [
  { kind: 'throttle', share: 0.05 },
  { kind: 'error500', share: 0.03 },
  { kind: 'reset', share: 0.02 },
  { kind: 'slow', delayMs: 2_000, share: 0.01 },
  { kind: 'lostAnswer', share: 0.01 },
] as const satisfies readonly Fault[];

/** Typical faults of the operations that a logging application uses. Add them with `local.fault`. */
export const CHAOS: readonly Fault[] = OPERATIONS.flatMap((operation) =>
  KINDS.map((fault) => ({ ...fault, operation })),
);

/** The shares of CHAOS, in one line. */
export const CHAOS_SUMMARY = KINDS.map(({ kind, share }) => `${Math.round(share * 100)} % ${kind}`).join(
  ', ',
);

/** Seeds are integers from 0 to this. */
export const MAX_SEED = 2 ** 32 - 1;

/**
 * A generator of random numbers in [0, 1), the same for the same seed (an integer from 0 to 2 ** 32 - 1):
 * https://github.com/cprosche/mulberry32
 */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
