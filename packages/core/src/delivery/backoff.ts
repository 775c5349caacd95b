/** A network that hiccups may be back at once. Where the service throttles, the AWS SDK too begins with a second. */
const BASE_MS = { unavailable: 100, missing: 100, denied: 100, throttled: 1000 };
const CAP_MS = 20_000;

/** More failures make no pause longer. */
export const MAX_FAILURES = 9;

/**
 * How long to wait after the n-th failure (n ≥ 1): a random part of a span that doubles up to 20 s.
 * "Full jitter": https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
 * @param random uniform in [0, 1)
 * @returns milliseconds
 */
export function backoffMs(kind: keyof typeof BASE_MS, failures: number, random: () => number): number {
  return random() * Math.min(CAP_MS, BASE_MS[kind] * 2 ** (failures - 1));
}
