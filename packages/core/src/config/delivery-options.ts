import { MAX_CLOSE_TIMEOUT_MS } from '../util/closing-budget.js';
import { between, choice, flag, integer, MIB } from './option-types.js';

/** When and how events are sent. */
export const DELIVERY_OPTIONS = {
  /**
   * The longest time that an event waits for others to share its request, in milliseconds, from 1 to
   * 3600000.
   * @default 1000
   */
  flushIntervalMs: integer(between(1, 3_600_000), {
    default: 1000,
    expected: 'a whole number from 1 to 3600000',
  }),
  /**
   * The maximum number of concurrent PutLogEvents requests, from 1 to 50.
   * @default 4
   */
  maxInFlight: integer(between(1, 50), {
    default: 4,
    // The maximum is the number of connections of the SDK's HTTP agent.
    expected: 'a whole number from 1 to 50',
  }),
  /**
   * The maximum memory for events that wait, in bytes, from 8388608 to 68719476736. Above it, the log
   * stream that holds the most loses its oldest batch.
   * @default 67108864
   */
  maxBufferBytes: integer(between(8 * MIB, 64 * 1024 * MIB), {
    default: 64 * MIB,
    // The minimum leaves room for the largest batch: 6 MiB of JSON, if all characters are control characters.
    expected: `a whole number from ${8 * MIB} (8 MiB) to ${64 * 1024 * MIB}`,
  }),
  /**
   * The maximum rate of log data, in bytes per second, from 1024 to 1073741824, counted as the service bills it:
   * messages, plus 26 bytes for each event. What exceeds it, after a burst of ten seconds, is dropped, lower levels
   * first. Default: none.
   */
  maxBytesPerSecond: integer(between(1024, 1024 * MIB), {
    default: undefined,
    expected: `a whole number from 1024 to ${1024 * MIB}`,
  }),
  /**
   * The longest time without progress before a request is retried, in milliseconds, from 100 to 300000. An
   * upload that makes progress continues; the response must be complete within this time. While the
   * process shuts down, at most half of the remaining time.
   * @default 10000
   */
  requestTimeoutMs: integer(between(100, 300_000), {
    default: 10_000,
    expected: 'a whole number from 100 to 300000',
  }),
  /**
   * The longest time that the end of the process waits for delivery, in milliseconds, from 0 to 8500.
   * @default 8000
   */
  closeTimeoutMs: integer(between(0, MAX_CLOSE_TIMEOUT_MS), {
    default: 8000,
    expected: `a whole number from 0 to ${MAX_CLOSE_TIMEOUT_MS}`,
  }),
  /**
   * Where an event that would be dropped is written instead, as a line of its own: `stdout` or `stderr`.
   * Default: nowhere.
   */
  fallback: choice(['stdout', 'stderr'], {
    default: undefined,
  }),
  /**
   * Compress requests with gzip.
   * @default true
   */
  gzip: flag({ default: true }),
} as const;
