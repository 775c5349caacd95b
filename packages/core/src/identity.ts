import type { Clock } from './clock.js';
import type { Config } from './config/options.js';
import type { Entity } from './entity/entity.js';
import { inWords } from './entity/in-words.js';
import { type Introduction, introduce } from './entity/introduce.js';
import { named, type Unnamed } from './entity/named.js';
import type { Place } from './entity/place.js';
import { resolveEntity } from './entity/resolve.js';
import { userSource } from './entity/user.js';
import type { Reporter } from './report.js';
import { said } from './said.js';

/** The first batch waits at most this long for its entity. */
const WAIT_MS = 1000;

/** The detection is aborted after this time. */
export const SEARCH_MS = 5000;

/**
 * The identity of this process: the entity of its events, and the instance in the name of its log stream. It is detected
 * once. The first batch waits for it for a limited time. Later batches use what is found later.
 */
export class Identity {
  /** Resolves when the identity is known or the wait is over. */
  readonly settled: Promise<void>;
  #settle: () => void = () => undefined;
  readonly #search = new AbortController();
  readonly #reporter: Reporter;
  #isClosed = false;
  #entity: Entity | undefined;
  #unnamed: Unnamed | undefined;
  #instance: string;

  constructor(config: Config, place: Place, reporter: Reporter, clock: Clock) {
    this.#reporter = reporter;
    this.#instance = place.hostname;
    this.settled = new Promise((resolve) => {
      this.#settle = resolve;
    });
    const own = resolveEntity(config.entity, [userSource(config)]);
    // An entity that the user gave completely does not wait: detection can only add attributes and the instance.
    if (!lacksEnvironment(config)) this.#entity = own.entity;
    this.#unnamed = own.unnamed;
    if (dependsOnPlace(config)) void this.#find(config, place, clock);
    else this.#learn({ ...own, instance: place.hostname, notes: [] });
  }

  get entity(): Entity | undefined {
    return this.#entity;
  }

  /** The entity of records that name their service: the same except for the name. */
  entityOf(service: string): Entity | undefined {
    return this.#unnamed && named(this.#unnamed, service);
  }

  get instance(): string {
    return this.#instance;
  }

  /** Ends the wait. */
  hurry(): void {
    this.#settle();
  }

  /** Ends the detection. */
  close(): void {
    this.#isClosed = true;
    this.#search.abort();
  }

  async #find(config: Config, place: Place, clock: Clock): Promise<void> {
    const { signal } = this.#search;
    const cancel = [
      clock.after(WAIT_MS, () => this.hurry()),
      clock.after(SEARCH_MS, () => this.#search.abort()),
    ];
    try {
      const found = await introduce(config, place, signal);
      if (!this.#isClosed) this.#learn(found);
    } catch (error) {
      // The file does not exist, as in a bundle.
      this.#reporter.problem('entity', `No entity can be searched for. (${said(error)})`);
    }
    for (const timer of cancel) timer();
    this.hurry();
  }

  #learn(found: Introduction): void {
    this.#entity = found.entity;
    this.#unnamed = found.unnamed;
    this.#instance = found.instance;
    this.#reporter.entity(found.entity, found.origins, inWords(found));
    if (found.problems.length > 0) this.#reporter.problem('entity', found.problems.join(' '));
    this.hurry();
  }
}

/** Whether any requested value depends on where the program runs. */
function dependsOnPlace(config: Config): boolean {
  return (
    config.logStreamName.includes('{instance}') || config.entity === undefined || lacksEnvironment(config)
  );
}

/** Whether the user gave an entity that needs a detected environment. */
function lacksEnvironment({ entity, environment }: Config): boolean {
  if (entity === undefined || entity === false || (entity.type ?? 'Service') !== 'Service') return false;
  return (entity.environment ?? environment) === undefined;
}
