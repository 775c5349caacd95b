import { TokenBucket } from './bucket.js';
import { exponential } from './random.js';

/**
 * What an account may ask for in a second, in one Region.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html
 * @type {import('./simulate.d.ts').Quotas}
 */
export const QUOTAS = { putLogEvents: 5000, createLogStream: 50, createLogGroup: 10 };

/** An answer takes 10 ms, and 20 ms more in the mean. */
const LEAST_LATENCY_MS = 10;
const MEAN_FURTHER_LATENCY_MS = 20;

/**
 * The port below the SDK: the service as far as quotas, missing streams, an outage and time to answer go. It judges
 * no request by its content; that is what the tests against `@putlogs/local` are for.
 * @implements {import('@putlogs/core/internal').LogsClient}
 */
export class VirtualService {
  /** While it is, every request is answered with a 503. */
  isDown = false;
  #clock;
  #random;
  #meter;
  #buckets;
  #group;
  #streams = new Set();

  /**
   * @param {import('./simulate.d.ts').Quotas} quotas
   * @param {{ clock: import('@putlogs/core').Clock, random: () => number, meter: import('./meter.js').Meter }} parts
   */
  constructor(quotas, { clock, random, meter }) {
    this.#clock = clock;
    this.#random = random;
    this.#meter = meter;
    this.#buckets = Object.fromEntries(
      Object.entries(quotas).map(([call, perSecond]) => [call, new TokenBucket(perSecond, clock)]),
    );
  }

  /** The group is there, and this stream. */
  has({ logGroupName, logStreamName }) {
    this.#group = logGroupName;
    this.#streams.add(logStreamName);
  }

  putLogEvents({ logStreamName, batch }) {
    const error = this.#admit('putLogEvents') ?? (this.#streams.has(logStreamName) ? undefined : MISSING);
    return this.#answer(error, () => {
      this.#meter.acknowledged(batch);
      return {};
    });
  }

  createLogStream({ logStreamName }) {
    const error = this.#admit('createLogStream') ?? (this.#group === undefined ? MISSING : undefined);
    if (error === undefined) this.#streams.add(logStreamName);
    return this.#answer(error, () => this.#meter.streamCreated());
  }

  createLogGroup({ logGroupName }) {
    const error = this.#admit('createLogGroup') ?? (this.#group === undefined ? undefined : EXISTS);
    if (error === undefined) this.#group = logGroupName;
    return this.#answer(error, () => undefined);
  }

  #admit(call) {
    const error = this.isDown ? UNAVAILABLE : this.#buckets[call].take() ? undefined : THROTTLED;
    this.#meter.asked(call, error === THROTTLED);
    return error;
  }

  /** Decided as it is asked; known when the answer is there. */
  #answer(error, result) {
    const latency = LEAST_LATENCY_MS + exponential(MEAN_FURTHER_LATENCY_MS, this.#random);
    return new Promise((resolve, reject) => {
      this.#clock.after(latency, error === undefined ? () => resolve(result()) : () => reject(error));
    });
  }
}

/** As the SDK throws them. One of each is enough, and has no stack worth its time. */
const failure = (name, message, httpStatusCode = 400) =>
  Object.assign(new Error(message), { name, $metadata: { httpStatusCode, requestId: 'virtual' } });
const THROTTLED = failure('ThrottlingException', 'Rate exceeded');
const MISSING = failure('ResourceNotFoundException', 'The specified log group or log stream does not exist.');
const EXISTS = failure('ResourceAlreadyExistsException', 'The specified log group already exists');
const UNAVAILABLE = failure('ServiceUnavailableException', 'The service is unavailable.', 503);
