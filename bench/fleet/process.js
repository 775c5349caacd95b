import {
  assembleDispatcher,
  Destinations,
  EventTimes,
  RecordLimit,
  Reporter,
  ServiceClock,
} from '@putlogs/core/internal';

const LOG_GROUP = '/fleet';
const MAX_BUFFER_BYTES = 64 * 1024 * 1024;

/** The pipeline of one process, as `createPipeline` assembles it, over another service. */
export class Process {
  /** The log group and the log stream that it writes to. */
  address;
  #reporter;
  #dispatcher;
  #clock;

  /**
   * @param {string} logStreamName
   * @param {number} flushIntervalMs
   * @param {{ service: import('./service.js').VirtualService, clock: import('@putlogs/core').Clock, random: () => number }} world
   */
  constructor(logStreamName, flushIntervalMs, { service, clock, random }) {
    this.#clock = clock;
    this.#reporter = new Reporter(() => undefined, false, clock);
    const destinations = new Destinations(
      { logGroupName: LOG_GROUP, logStreamName, createLogGroup: true },
      service,
      this.#reporter,
      { entity: undefined, instance: 'fleet' },
    );
    const destination = destinations.own([], () => ({ fields: new Map(), entity: () => undefined }));
    this.address = destination.nameAt(clock.now());
    ({ dispatcher: this.#dispatcher } = assembleDispatcher(
      {
        flushIntervalMs,
        maxInFlight: 4,
        requestTimeoutMs: 10_000,
        maxBufferBytes: MAX_BUFFER_BYTES,
        spoolMaxBytes: 0,
        closeTimeoutMs: 8000,
      },
      {
        route: () => destination,
        times: new EventTimes(new ServiceClock(clock, this.#reporter), undefined),
        recordLimit: new RecordLimit(undefined, MAX_BUFFER_BYTES / 2),
        reporter: this.#reporter,
        store: undefined,
        deadLetters: undefined,
        fallback: undefined,
        clock,
        random,
      },
    ));
  }

  log(message) {
    this.#dispatcher.accept(this.#clock.now(), message);
  }

  get counts() {
    return this.#reporter.counts;
  }
}
