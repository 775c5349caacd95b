const BASE_MS = 100;
const CAP_MS = 20_000;

/**
 * How long to wait after the n-th failure in a row (n ≥ 1): a random part of a span that doubles up to 20 s.
 * "Full jitter": https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
 * @param random uniform in [0, 1)
 * @returns milliseconds
 */
export function backoffMs(failures: number, random: () => number): number {
  return random() * Math.min(CAP_MS, BASE_MS * 2 ** (failures - 1));
}
