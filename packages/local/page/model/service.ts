import { computed, effect, signal, untracked } from '@preact/signals';
import type { LiveMessages } from '../../src/live/messages.js';
import type { RequestRecord } from '../../src/local.js';
import { LIVE_ADDRESS, readGroups } from '../connection/api.js';
import type { Choice } from './event-filter.js';
import { EventLog } from './event-log.js';
import { GroupList } from './group-list.js';
import { Rates } from './rates.js';
import { RequestList } from './request-list.js';
import { view } from './view.js';

/** Operations after which the list of groups is another one. */
const CHANGES_GROUPS = /^(Create|Delete|Put(Retention|LogGroup)|Tag|Untag)/;
const RELOAD_PAUSE_MS = 300;
/** How often events that are too old for the view leave it. */
const TICK_MS = 1_000;

/** What the page knows of the service, and how it learns it. */
export class Service {
  readonly events = new EventLog();
  readonly groups = new GroupList();
  readonly hello = signal<LiveMessages['hello'] | undefined>(undefined);
  readonly state = signal<LiveMessages['state'] | undefined>(undefined);
  readonly isConnected = signal(false);
  readonly requests = new RequestList();
  readonly rates = new Rates();
  /** How far the clock of the service is ahead of the browser's. */
  #aheadMs = 0;
  #offsetAtHello: number | undefined;
  #reload: ReturnType<typeof setTimeout> | undefined;

  /** The time of the service. */
  now(): number {
    const shifted = (this.state.peek()?.clockOffsetMs ?? 0) - (this.#offsetAtHello ?? 0);
    return Date.now() + this.#aheadMs + shifted;
  }

  connect(): void {
    const source = new EventSource(LIVE_ADDRESS);
    source.onopen = () => {
      this.isConnected.value = true;
    };
    source.onerror = () => {
      this.isConnected.value = false;
    };
    const on = <Kind extends keyof LiveMessages>(
      kind: Kind,
      take: (message: LiveMessages[Kind]) => void,
    ): void => source.addEventListener(kind, ({ data }) => take(JSON.parse(data)));
    on('hello', (message) => this.#takeHello(message));
    on('state', (message) => this.#takeState(message));
    on('requests', (message) => this.#takeRequests(message));
    on('events', (message) => {
      this.events.receive(message);
      this.rates.receive(message);
      if (!this.groups.receive(message)) this.#loadGroups();
    });
    const choice = computed(() => {
      const { group, stream, query, pattern, since, from, to } = view.value;
      return JSON.stringify({ group, stream, query, pattern, since, from, to });
    });
    effect(() => {
      const chosen: Choice = JSON.parse(choice.value);
      // The time of the service is known with its greeting.
      this.hello.value;
      untracked(() => this.events.choose(chosen, () => this.now()));
    });
    setInterval(() => this.events.passTime(), TICK_MS);
  }

  #takeHello(message: LiveMessages['hello']): void {
    const before = this.hello.peek();
    if (before && before.instance !== message.instance) {
      this.events.clear();
      this.requests.clear();
      this.rates.clear();
    }
    this.hello.value = message;
    this.#aheadMs = message.now - Date.now();
    this.#offsetAtHello = undefined;
    this.#loadGroups();
  }

  #takeState(message: LiveMessages['state']): void {
    this.#offsetAtHello ??= message.clockOffsetMs;
    this.state.value = message;
    if (message.firstSequence !== undefined) this.events.prune(message.firstSequence);
  }

  #takeRequests(message: LiveMessages['requests']): void {
    this.requests.receive(message);
    if (this.state.peek()?.keepsEvents === false) this.rates.receiveRequests(message.records);
    const changesGroups = ({ operation, status }: RequestRecord): boolean =>
      status === 200 && CHANGES_GROUPS.test(operation);
    const isCountingOnly = this.state.peek()?.keepsEvents === false;
    if (isCountingOnly || message.records.some(changesGroups)) this.#loadGroups();
  }

  #loadGroups(): void {
    this.#reload ??= setTimeout(async () => {
      this.#reload = undefined;
      // The next change, or the next connection, tries again.
      const listed = await readGroups().catch(() => undefined);
      const isGone = listed && this.groups.update(listed);
      if (isGone) this.events.drop(isGone);
    }, RELOAD_PAUSE_MS);
  }
}
