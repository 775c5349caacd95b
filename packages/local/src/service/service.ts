import { Gate } from '../access/gate.js';
import { ServiceClock } from '../clock/service-clock.js';
import { Control } from '../control/control.js';
import { type Fault, Faults } from '../faults/faults.js';
import { environmentFor } from '../http/endpoint.js';
import type { Journal } from '../journal/journal.js';
import { Changes } from '../live/changes.js';
import { everyInterval, LiveTail } from '../live-tail/live-tail.js';
import type { Local, RequestRecord, StartOptions } from '../local.js';
import { loadMcp } from '../mcp/endpoint.js';
import { Tools } from '../mcp/tools.js';
import { RequestLog } from '../requests/request-log.js';
import { Store, type StoredEvent } from '../store/store.js';
import { version } from '../version.js';
import { Listener } from './listener.js';
import { Publisher } from './publisher.js';
import { ReplySender } from './reply-sender.js';
import { RequestHandler } from './request-handler.js';

/** The part of an event that is not known otherwise. */
type IngestedEvent = Pick<StoredEvent, 'timestamp' | 'message'>;

/** A running service: makes its parts, and is what a program has of it. */
export class Service implements Local {
  readonly #store: Store;
  readonly #faults: Faults;
  readonly #clock: ServiceClock;
  readonly #requests: RequestLog;
  readonly #changes = new Changes();
  readonly #control: Control;
  readonly #liveTail: LiveTail;
  readonly #publisher: Publisher;
  readonly #journal: Journal | undefined;
  readonly #listener: Listener;
  readonly #closing = new AbortController();

  /** @param journal records every change of log groups, log streams and events */
  constructor(options: StartOptions, journal?: Journal) {
    const { now = Date.now, signingClock = Date.now, random = Math.random, onPut, onRequest } = options;
    const { keepEvents = true, keepEventBytes = Infinity, keepRequests = Infinity } = options;
    this.#store = new Store(keepEvents, keepEventBytes);
    this.#faults = new Faults(random, () => this.#changes.notify());
    this.#clock = new ServiceClock(now, signingClock);
    this.#requests = new RequestLog(keepRequests);
    this.#liveTail = new LiveTail(() => this.#clock.now(), options.every ?? everyInterval);
    this.#journal = journal;
    this.#publisher = new Publisher(journal, this.#liveTail, onPut);
    const parts = {
      store: this.#store,
      faults: this.#faults,
      requests: this.#requests,
      clock: this.#clock,
      changes: this.#changes,
    };
    this.#control = new Control(parts);
    const handler = new RequestHandler({
      ...parts,
      gate: new Gate(options.policy, options.quotas),
      publisher: this.#publisher,
      sender: new ReplySender(this.#liveTail, this.#closing.signal),
      journal,
      onRequest,
    });
    this.#listener = new Listener(this.#clock, {
      service: (...request) => handler.answer(...request),
      control: (request, response, { bytes }) => this.#control.answer(request, response, bytes),
    });
  }

  /** Listens. Requests wait until the journal has told what there was. */
  async listen(port: number, host: string): Promise<void> {
    try {
      await this.#listener.listen(port, host, async () => this.#journal?.open(this.#store));
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async serveMcp(): Promise<void> {
    const sources = { store: this.#store, requests: this.#requests, now: () => this.#clock.now() };
    this.#control.mcp = await loadMcp(new Tools(sources), version());
  }

  get port(): number {
    return this.#listener.port;
  }

  get endpoint(): string {
    return this.#listener.endpoint;
  }

  get env(): Readonly<Record<string, string>> {
    return environmentFor(this.endpoint);
  }

  get requests(): readonly RequestRecord[] {
    return this.#requests.records;
  }

  events(logGroupName: string, logStreamName?: string): StoredEvent[] {
    return this.#store.find(logGroupName, logStreamName).flatMap((stream) => stream.events());
  }

  count(logGroupName: string, logStreamName?: string): number {
    return this.#store.find(logGroupName, logStreamName).reduce((sum, { count }) => sum + count, 0);
  }

  /**
   * Stores events that no request has brought, in a log stream that is created when it is missing.
   * @returns when the journal has them
   */
  async ingest(logGroupName: string, logStreamName: string, events: readonly IngestedEvent[]): Promise<void> {
    const now = this.#clock.now();
    const batch = {
      sequence: this.#store.takeSequence(events.length),
      timestamps: Float64Array.from(events, ({ timestamp }) => timestamp),
      messages: events.map(({ message }) => message),
      ingestionTime: now,
      entity: null,
    };
    this.#store.ensureStream(logGroupName, logStreamName, now).append(batch);
    this.#publisher.publish({ logGroupName, logStreamName, batch });
    this.#changes.notify();
    await this.#journal?.written;
  }

  fault(fault: Fault): () => void {
    return this.#faults.add(fault);
  }

  clearFaults(): void {
    this.#faults.clear();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#liveTail.close();
    await this.#listener.close();
    await this.#journal?.close();
  }
}
