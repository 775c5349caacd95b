import { type Batch, utcDayOf } from '../batching/batch.js';
import type { Destination } from '../contracts/destination.js';
import type { Outcome } from '../contracts/outcome.js';
import type { Entity } from '../identity/entity.js';
import type { Reporter } from '../reporting/reporter.js';
import { classify, countRejected } from './classify.js';
import type { LogStreamName, LogsApi } from './client.js';
import type { KnownStreams } from './known-streams.js';
import type { LogStreamManager } from './log-stream-manager.js';

const UNREADABLE_ANSWER =
  'CloudWatch Logs takes events, but its answers cannot be read: something on the way changes or cuts them. Events that it rejects by their time count as delivered. Look for a proxy between this process and the service.';

/** Tries to deliver one batch, and says what became of it. Never throws. */
export class CloudWatchDestination implements Destination {
  readonly #api: LogsApi;
  readonly #target: LogStreamManager;
  readonly #knownStreams: KnownStreams;
  readonly #reporter: Reporter;
  readonly #known: () => Entity | undefined;
  /** The service has rejected it: delivery never depends on the entity. */
  #isLeftOff = false;

  /** @param entity as far as it is known by now */
  constructor(
    api: LogsApi,
    target: LogStreamManager,
    knownStreams: KnownStreams,
    entity: () => Entity | undefined,
    reporter: Reporter,
  ) {
    this.#api = api;
    this.#target = target;
    this.#knownStreams = knownStreams;
    this.#known = entity;
    this.#reporter = reporter;
  }

  get #entity(): Entity | undefined {
    return this.#isLeftOff ? undefined : this.#known();
  }

  /** Where events of this time go, and who wrote them. */
  nameAt(timestamp: number): LogStreamName & { readonly entity: Entity | undefined } {
    return { ...this.#target.nameFor(utcDayOf(timestamp)), entity: this.#entity };
  }

  /** @param entityIsGood whether it is known that what is wrong with the batch is not the entity */
  async send(batch: Batch, entityIsGood: boolean): Promise<Outcome> {
    const name = this.#target.nameFor(utcDayOf(batch.begin));
    const failed = this.#knownStreams.isProbablyMissing(name) ? await this.#target.create(name) : undefined;
    // Where none may be created it may be there all the same.
    if (failed !== undefined && failed.kind !== 'denied' && failed.kind !== 'missing') return failed;
    const outcome = await this.#sendWithEntity(batch, name, entityIsGood);
    if (outcome.kind === 'delivered') this.#knownStreams.add(name, false);
    if (outcome.kind !== 'missing') return outcome;
    return (await this.#target.create(name)) ?? this.#sendWithEntity(batch, name, entityIsGood);
  }

  /** A bad entity may fail the whole request: what is refused with one is tried once more without. */
  async #sendWithEntity(batch: Batch, name: LogStreamName, entityIsGood: boolean): Promise<Outcome> {
    const entity = this.#entity;
    const outcome = await this.#put(batch, name, entity);
    if (outcome.kind !== 'poison' || entity === undefined || entityIsGood) return outcome;
    const without = await this.#put(batch, name, undefined);
    if (without.kind === 'delivered') this.#leaveEntityOff(outcome.failure.message);
    return without;
  }

  async #put(batch: Batch, name: LogStreamName, entity: Entity | undefined): Promise<Outcome> {
    try {
      const answer = await this.#api.putLogEvents({ ...name, batch, entity });
      if (answer.rejectedEntityInfo !== undefined) {
        this.#leaveEntityOff(answer.rejectedEntityInfo.errorType ?? 'no reason given');
      }
      if (answer.isUnreadable) this.#reporter.problem('unreadable-answer', UNREADABLE_ANSWER);
      return { kind: 'delivered', rejected: countRejected(answer.rejectedLogEventsInfo, batch.size) };
    } catch (error) {
      return classify(error);
    }
  }

  #leaveEntityOff(reason: string): void {
    if (this.#isLeftOff) return;
    this.#isLeftOff = true;
    this.#reporter.problem(
      'entity',
      `CloudWatch Logs rejects the entity for log group ${this.#target.logGroupName}, which is left off from now on. Events are not affected. (${reason})`,
    );
  }
}
