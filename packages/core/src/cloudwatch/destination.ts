import { type Batch, utcDayOf } from '../batching/batch.js';
import type { Destination, DestinationName, LogStreamName } from '../contracts/destination.js';
import type { FailedOutcome, Outcome } from '../contracts/outcome.js';
import type { Entity } from '../identity/entity.js';
import type { Reporter } from '../reporting/reporter.js';
import { classify, countRejected } from './classify.js';
import type { KnownStreams } from './known-streams.js';
import type { LogStreamManager } from './log-stream-manager.js';
import type { LogsClient } from './logs-client.js';
import { explain } from './troubleshooting.js';

const UNREADABLE_RESPONSE =
  'CloudWatch Logs takes events, but its responses cannot be read: something on the way changes or truncates them. Events that it rejects by timestamp count as delivered. Look for a proxy between this process and the service.';

/** A log group, its log streams and an entity. */
export class CloudWatchDestination implements Destination {
  readonly #client: LogsClient;
  readonly #streams: LogStreamManager;
  readonly #knownStreams: KnownStreams;
  readonly #entityOf: () => Entity | undefined;
  readonly #reporter: Reporter;
  /** After a rejection events are sent without the entity: delivery never depends on it. */
  #isEntityRejected = false;

  /** @param entity returns the entity as far as it is known */
  constructor(
    client: LogsClient,
    streams: LogStreamManager,
    knownStreams: KnownStreams,
    entity: () => Entity | undefined,
    reporter: Reporter,
  ) {
    this.#client = client;
    this.#streams = streams;
    this.#knownStreams = knownStreams;
    this.#entityOf = entity;
    this.#reporter = reporter;
  }

  get #entity(): Entity | undefined {
    return this.#isEntityRejected ? undefined : this.#entityOf();
  }

  nameAt(timestamp: number): DestinationName {
    return { ...this.#streams.nameFor(utcDayOf(timestamp)), entity: this.#entity };
  }

  async send(batch: Batch, entityIsGood: boolean): Promise<Outcome> {
    const name = this.#streams.nameFor(utcDayOf(batch.firstTimestamp));
    const failed = this.#knownStreams.isProbablyMissing(name) ? await this.#streams.create(name) : undefined;
    // If creating is not allowed, the log stream may exist all the same.
    if (failed !== undefined && failed.kind !== 'denied' && failed.kind !== 'missing') return failed;
    const outcome = await this.#sendWithEntity(batch, name, entityIsGood);
    if (outcome.kind === 'delivered') this.#knownStreams.add(name, false);
    if (outcome.kind !== 'missing' || !this.#streams.mayCreate) return outcome;
    return (await this.#streams.create(name)) ?? this.#sendWithEntity(batch, name, entityIsGood);
  }

  explain(outcome: FailedOutcome): string {
    return explain(outcome, this.#streams.logGroupName);
  }

  /** An invalid entity can make the service refuse the whole request, so a refused request is sent once more without it. */
  async #sendWithEntity(batch: Batch, name: LogStreamName, entityIsGood: boolean): Promise<Outcome> {
    const entity = this.#entity;
    const outcome = await this.#put(batch, name, entity);
    if (outcome.kind !== 'refused' || entity === undefined || entityIsGood) return outcome;
    const withoutEntity = await this.#put(batch, name, undefined);
    if (withoutEntity.kind === 'delivered') this.#rejectEntity(outcome.failure.message);
    return withoutEntity;
  }

  async #put(batch: Batch, name: LogStreamName, entity: Entity | undefined): Promise<Outcome> {
    try {
      const result = await this.#client.putLogEvents({ ...name, batch, entity });
      if (result.rejectedEntityInfo !== undefined)
        this.#rejectEntity(result.rejectedEntityInfo.errorType ?? 'no reason given');
      if (result.isUnreadable) this.#reporter.problem('unreadable-answer', UNREADABLE_RESPONSE);
      return { kind: 'delivered', rejected: countRejected(result.rejectedLogEventsInfo, batch.size) };
    } catch (error) {
      return classify(error);
    }
  }

  #rejectEntity(reason: string): void {
    if (this.#isEntityRejected) return;
    this.#isEntityRejected = true;
    this.#reporter.problem(
      'entity',
      `CloudWatch Logs rejects the entity for log group ${this.#streams.logGroupName}. Events are sent without it from now on. No event is lost. (${reason})`,
    );
  }
}
