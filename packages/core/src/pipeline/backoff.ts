/** A network that hiccups may be back at once. Where the service throttles, the AWS SDK too begins with a second. */
const BASE_MS = { unavailable: 100, timeout: 100, missing: 100, denied: 100, throttled: 1000, refused: 1000 };
const CAP_MS = 20_000;

/** Why nothing is sent for a while. */
export type PauseReason = keyof typeof BASE_MS;

/** More failures make no pause longer. */
export const MAX_FAILURES = 9;

/**
 * How long to wait after the n-th failure (n ≥ 1): a random part of a span that doubles up to 20 s.
 * "Full jitter": https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
 * @param random uniform in [0, 1)
 * @returns milliseconds
 */
export function backoffMs(reason: PauseReason, failures: number, random: () => number): number {
  return random() * Math.min(CAP_MS, BASE_MS[reason] * 2 ** (failures - 1));
}
