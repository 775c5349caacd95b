import { type Batch, dayOf } from '../batch/batch.js';
import type { Entity } from '../entity/entity.js';
import type { Reporter } from '../report.js';
import type { LogsApi, StreamName } from './api.js';
import type { KnownStreams } from './known-streams.js';
import { classify, countRejected, type Outcome } from './outcome.js';
import type { Target } from './target.js';

const UNREADABLE_ANSWER =
  'CloudWatch Logs takes events, but its answers cannot be read: something on the way changes or cuts them. Events that it rejects by their time count as delivered. Look for a proxy between this process and the service.';

/** Tries to deliver one batch, and says what became of it. Never throws. */
export class Sender {
  readonly #api: LogsApi;
  readonly #target: Target;
  readonly #knownStreams: KnownStreams;
  readonly #reporter: Reporter;
  readonly #known: () => Entity | undefined;
  /** The service has rejected it: delivery never depends on the entity. */
  #isLeftOff = false;

  /** @param entity as far as it is known by now */
  constructor(
    api: LogsApi,
    target: Target,
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
  addressFor(timestamp: number): StreamName & { readonly entity: Entity | undefined } {
    return { ...this.#target.nameFor(dayOf(timestamp)), entity: this.#entity };
  }

  /** @param entityIsGood whether it is known that what is wrong with the batch is not the entity */
  async send(batch: Batch, entityIsGood: boolean): Promise<Outcome> {
    const name = this.#target.nameFor(dayOf(batch.begin));
    const failed = this.#knownStreams.isProbablyMissing(name) ? await this.#target.create(name) : undefined;
    // Where none may be created it may be there all the same.
    if (failed !== undefined && failed.kind !== 'denied' && failed.kind !== 'missing') return failed;
    const outcome = await this.#sendWithEntity(batch, name, entityIsGood);
    if (outcome.kind === 'delivered') this.#knownStreams.add(name, false);
    if (outcome.kind !== 'missing') return outcome;
    return (await this.#target.create(name)) ?? this.#sendWithEntity(batch, name, entityIsGood);
  }

  /** A bad entity may fail the whole request: what is refused with one is tried once more without. */
  async #sendWithEntity(batch: Batch, name: StreamName, entityIsGood: boolean): Promise<Outcome> {
    const entity = this.#entity;
    const outcome = await this.#put(batch, name, entity);
    if (outcome.kind !== 'poison' || entity === undefined || entityIsGood) return outcome;
    const without = await this.#put(batch, name, undefined);
    if (without.kind === 'delivered') this.#leaveEntityOff(outcome.failure.message);
    return without;
  }

  async #put(batch: Batch, name: StreamName, entity: Entity | undefined): Promise<Outcome> {
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
