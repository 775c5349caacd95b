import type { Reporter } from '../reporting/reporter.js';
import type { Clock } from '../util/clock.js';
import { errorMessage } from '../util/error-message.js';
import { type DetectedIdentity, detectIdentity } from './detect-identity.js';
import type { Entity, EntityOption } from './entity.js';
import { type EntityTemplate, entityForService } from './entity-for-service.js';
import { formatEntity } from './format-entity.js';
import { resolveEntity } from './resolve-entity.js';
import type { RuntimeEnvironment } from './runtime-environment.js';
import { type UserNames, userEntitySource } from './user-source.js';

/** What the user says of this process. */
export interface IdentityOptions extends UserNames {
  readonly entity: EntityOption | false | undefined;
  readonly logStreamName: string;
}

/** The first batch waits at most this long for its entity. */
const WAIT_MS = 1000;

/** The detection is aborted after this time. */
export const SEARCH_MS = 5000;

/**
 * The identity of this process: the entity of its events, and the instance in the name of its log stream. It is detected
 * once. The first batch waits for it for a limited time. Later batches use what is found later.
 */
export class ProcessIdentity {
  /** Resolves when the identity is known or the wait is over. */
  readonly settled: Promise<void>;
  #settle: () => void = () => undefined;
  readonly #search = new AbortController();
  readonly #reporter: Reporter;
  #isClosed = false;
  #entity: Entity | undefined;
  #template: EntityTemplate | undefined;
  #instance: string;

  constructor(config: IdentityOptions, place: RuntimeEnvironment, reporter: Reporter, clock: Clock) {
    this.#reporter = reporter;
    this.#instance = place.hostname;
    this.settled = new Promise((resolve) => {
      this.#settle = resolve;
    });
    const own = resolveEntity(config.entity, [userEntitySource(config)]);
    // An entity that the user gave completely does not wait: detection can only add attributes and the instance.
    if (!lacksEnvironment(config)) this.#entity = own.entity;
    this.#template = own.template;
    if (dependsOnPlace(config)) void this.#find(config, place, clock);
    else this.#learn({ ...own, instance: place.hostname, notes: [] });
  }

  get entity(): Entity | undefined {
    return this.#entity;
  }

  /** The entity of records that name their service: the same except for the name. */
  entityOf(service: string): Entity | undefined {
    return this.#template && entityForService(this.#template, service);
  }

  get instance(): string {
    return this.#instance;
  }

  /** Ends the wait. */
  stopWaiting(): void {
    this.#settle();
  }

  /** Ends the detection. */
  close(): void {
    this.#isClosed = true;
    this.#search.abort();
  }

  async #find(config: IdentityOptions, place: RuntimeEnvironment, clock: Clock): Promise<void> {
    const { signal } = this.#search;
    const cancel = [
      clock.after(WAIT_MS, () => this.stopWaiting()),
      clock.after(SEARCH_MS, () => this.#search.abort()),
    ];
    try {
      const found = await detectIdentity(config, place, signal);
      if (!this.#isClosed) this.#learn(found);
    } catch (error) {
      // The file does not exist, as in a bundle.
      this.#reporter.problem('entity', `No entity can be searched for. (${errorMessage(error)})`);
    }
    for (const timer of cancel) timer();
    this.stopWaiting();
  }

  #learn(found: DetectedIdentity): void {
    this.#entity = found.entity;
    this.#template = found.template;
    this.#instance = found.instance;
    this.#reporter.entity(found.entity, found.origins, formatEntity(found));
    if (found.problems.length > 0) this.#reporter.problem('entity', found.problems.join(' '));
    this.stopWaiting();
  }
}

/** Whether any requested value depends on where the program runs. */
function dependsOnPlace(config: IdentityOptions): boolean {
  return (
    config.logStreamName.includes('{instance}') || config.entity === undefined || lacksEnvironment(config)
  );
}

/** Whether the user gave an entity that needs a detected environment. */
function lacksEnvironment({ entity, environment }: IdentityOptions): boolean {
  if (entity === undefined || entity === false || (entity.type ?? 'Service') !== 'Service') return false;
  return (entity.environment ?? environment) === undefined;
}
