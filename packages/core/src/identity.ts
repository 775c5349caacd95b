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

/** The first batch waits for its entity so long. */
const WAIT_MS = 1000;

/** What answers no sooner is given up. */
export const SEARCH_MS = 5000;

/**
 * Who this process is: the entity of its events, and the instance that its log stream is named after. It is searched for
 * once. The first batch waits for that, and goes without if it takes too long; what is found later is that of later ones.
 */
export class Identity {
  /** Resolves when it is known, or no longer waited for. */
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
    // What the user says whole is never waited for: all that may be found are attributes, and the instance.
    if (!lacksEnvironment(config)) this.#entity = own.entity;
    this.#unnamed = own.unnamed;
    if (dependsOnPlace(config)) void this.#find(config, place, clock);
    else this.#learn({ ...own, instance: place.hostname, notes: [] });
  }

  get entity(): Entity | undefined {
    return this.#entity;
  }

  /** The entity of records that name their service themselves: the same but for the name. */
  entityOf(service: string): Entity | undefined {
    return this.#unnamed && named(this.#unnamed, service);
  }

  get instance(): string {
    return this.#instance;
  }

  /** Whoever waits waits no longer. */
  hurry(): void {
    this.#settle();
  }

  /** Ends the search. */
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
      // No file of ours, as in a bundle.
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

/** Whether anything that is asked for depends on where the program runs. */
function dependsOnPlace(config: Config): boolean {
  return (
    config.logStreamName.includes('{instance}') || config.entity === undefined || lacksEnvironment(config)
  );
}

/** Whether the user gave an entity that is not whole without what is found. */
function lacksEnvironment({ entity, environment }: Config): boolean {
  if (entity === undefined || entity === false || (entity.type ?? 'Service') !== 'Service') return false;
  return (entity.environment ?? environment) === undefined;
}
