import { OPERATIONS } from '../operations/operations.js';
import { Refusal } from '../refusal/refusal.js';

/** Requests per second, by operation. */
export type Quotas = Readonly<Record<string, number>>;

/**
 * The quotas of an account in a Region:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html
 */
export const QUOTAS: Quotas = {
  PutLogEvents: 5_000,
  CreateLogStream: 50,
  CreateLogGroup: 10,
  DescribeLogStreams: 25,
  PutRetentionPolicy: 5,
};

/** A bucket that holds the requests of one second, and is filled all the time. */
class Bucket {
  readonly #rate: number;
  #tokens: number;
  #at: number;

  constructor(rate: number, now: number) {
    this.#rate = rate;
    this.#tokens = rate;
    this.#at = now;
  }

  take(now: number): boolean {
    const elapsed = Math.max(0, now - this.#at);
    this.#at = now;
    this.#tokens = Math.min(this.#rate, this.#tokens + (elapsed * this.#rate) / 1_000);
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}

/** Counts the requests of each operation that has a quota. */
export class QuotaMeter {
  readonly #quotas: Quotas;
  readonly #buckets = new Map<string, Bucket>();

  /** @throws {TypeError} if a quota is invalid */
  constructor(quotas: Quotas) {
    for (const [operation, rate] of Object.entries(quotas)) {
      if (!OPERATIONS.has(operation)) throw new TypeError(`quotas: there is no operation '${operation}'`);
      if (!(Number.isFinite(rate) && rate >= 1))
        throw new TypeError(`quotas: ${operation} is not a number from 1`);
    }
    this.#quotas = quotas;
  }

  /** Throws the service's refusal of a request that is too much. @param now milliseconds since 1970 */
  check(operation: string, now: number): void {
    const rate = this.#quotas[operation];
    if (rate === undefined) return;
    const bucket = this.#buckets.get(operation) ?? new Bucket(rate, now);
    this.#buckets.set(operation, bucket);
    if (!bucket.take(now)) throw new Refusal('ThrottlingException', 'Rate exceeded');
  }
}
