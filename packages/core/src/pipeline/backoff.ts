/** The first span in milliseconds. A network may be back at once. After throttling the AWS SDK starts with a second, too. */
const BASE_MS = {
  unavailable: 100,
  timeout: 100,
  missing: 100,
  denied: 100,
  skewed: 100,
  throttled: 1000,
  refused: 1000,
};
const MAX_MS = 20_000;

/** Why nothing is sent for a while. */
export type PauseReason = keyof typeof BASE_MS;

/** From this number of failures on, every span is `MAX_MS`. */
export const MAX_FAILURES = 9;

/**
 * The pause after the n-th failure in a row: a random part of a span that doubles with each failure, up to 20 s ("full jitter").
 * Source: https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
 * @param failures n ≥ 1
 * @param random uniform in [0, 1)
 * @returns milliseconds
 */
export function backoffMs(reason: PauseReason, failures: number, random: () => number): number {
  return random() * Math.min(MAX_MS, BASE_MS[reason] * 2 ** (failures - 1));
}
