import { Senders } from '../../packages/core/dist/delivery/senders.js';
import { EventTimes } from '../../packages/core/dist/event-times.js';
import { Ledger } from '../../packages/core/dist/ledger.js';
import { Reporter } from '../../packages/core/dist/report.js';
import { ServiceClock } from '../../packages/core/dist/service-clock.js';
import { Shipper } from '../../packages/core/dist/shipper.js';

const LOG_GROUP = '/fleet';
const MAX_BUFFER_BYTES = 64 * 1024 * 1024;

/** The pipeline of one process, as `createPipeline` assembles it, over another service. */
export class Process {
  /** The log group and the log stream that it writes to. */
  address;
  #reporter;
  #shipper;
  #clock;

  /**
   * @param {string} logStreamName
   * @param {number} flushIntervalMs
   * @param {{ service: import('./service.js').VirtualService, clock: import('@awslogs/core').Clock, random: () => number }} world
   */
  constructor(logStreamName, flushIntervalMs, { service, clock, random }) {
    this.#clock = clock;
    this.#reporter = new Reporter(() => undefined, false, clock);
    const senders = new Senders(
      { logGroupName: LOG_GROUP, logStreamName, createLogGroup: true },
      service,
      this.#reporter,
      { entity: undefined, instance: 'fleet' },
    );
    const sender = senders.own([], () => ({ fields: new Map(), entity: () => undefined }));
    this.address = sender.addressFor(clock.now());
    const ledger = new Ledger(
      { maxBufferBytes: MAX_BUFFER_BYTES, spoolMaxBytes: 0 },
      this.#reporter,
      undefined,
    );
    this.#shipper = new Shipper(
      { flushIntervalMs, maxInFlight: 4, maxBufferBytes: MAX_BUFFER_BYTES },
      {
        route: () => sender,
        times: new EventTimes(new ServiceClock(clock, this.#reporter), undefined),
        ledger,
        reporter: this.#reporter,
        store: undefined,
        clock,
        random,
      },
    );
  }

  log(message) {
    this.#shipper.accept(this.#clock.now(), message);
  }

  get counts() {
    return this.#reporter.counts;
  }
}
