import { signal } from '@preact/signals';
import type { LiveMessages } from '../../src/live/messages.js';
import { type Choice, type EventFilter, filterOf } from './event-filter.js';
import type { LogEvent } from './log-event.js';
import { Scan } from './scan.js';
import { SortedEvents } from './sorted-events.js';

/** Above this, the oldest events leave the page: browsers limit the height of what they scroll. */
const MAX_EVENTS = 500_000;
const PRUNE_STEP = 10_000;
const PRUNE_PAUSE_MS = 1_000;

const OPEN: EventFilter = { matches: () => true, isOpen: true, isMoving: false };

/** All events that the page has received, and those of them that the view wants. */
export class EventLog {
  /** Changes whenever events do. */
  readonly version = signal(0);
  readonly isScanning = signal(false);
  /** How many events have left the page because there is no room for them. */
  readonly leftOut = signal(0);
  /** What the last search has found, for those who do not see it. */
  readonly outcome = signal('');
  /** Why the query or the pattern cannot be read; the events found before stay. */
  readonly problem = signal('');
  readonly #all = new SortedEvents();
  readonly #found = new SortedEvents();
  #filter = OPEN;
  #scan: Scan | undefined;
  /** What was dropped during a search, and must not come back with what it finds. */
  #gone: ((event: LogEvent) => boolean)[] = [];
  #firstSequence = 0;
  #pruning: ReturnType<typeof setTimeout> | undefined;
  #isAnnounced = false;

  /** All events, in order. */
  get all(): readonly LogEvent[] {
    return this.#all.all;
  }

  /** The events that the view wants, in order. */
  get found(): readonly LogEvent[] {
    return this.#found.all;
  }

  clear(): void {
    this.#scan?.stop();
    this.isScanning.value = false;
    this.#all.clear();
    this.#found.clear();
    this.#firstSequence = 0;
    this.leftOut.value = 0;
    this.#announce();
  }

  receive({ events, sequence, ...shared }: LiveMessages['events']): void {
    const { logGroupName, logStreamName, ingestionTime, entity } = shared;
    const received = events.map(([timestamp, message], index) => ({
      sequence: sequence + index,
      logGroupName,
      logStreamName,
      timestamp,
      ingestionTime,
      message,
      entity,
    }));
    this.#all.add(received);
    this.#found.add(this.#filter.isOpen ? received : received.filter(this.#filter.matches));
    const excess = this.#all.all.length - MAX_EVENTS;
    if (excess > PRUNE_STEP) this.#keepFrom(this.#all.all[excess]);
    this.#announce();
  }

  /** Drops the events that the service no longer keeps. */
  prune(firstSequence: number): void {
    if (firstSequence <= this.#firstSequence) return;
    this.#firstSequence = firstSequence;
    this.#pruning ??= setTimeout(() => {
      this.#pruning = undefined;
      this.drop(({ sequence }) => sequence < this.#firstSequence);
    }, PRUNE_PAUSE_MS);
  }

  drop(isGone: (event: LogEvent) => boolean): void {
    this.#all.keep((event) => !isGone(event));
    this.#found.keep((event) => !isGone(event));
    if (this.isScanning.peek()) this.#gone.push(isGone);
    this.#announce();
  }

  /** Leaves out the events that the view no longer wants, since time has passed. */
  passTime(): void {
    if (!this.#filter.isMoving || this.isScanning.peek()) return;
    const before = this.#found.all.length;
    this.#found.keep(this.#filter.matches);
    if (this.#found.all.length !== before) this.#announce();
  }

  /** Searches all events anew. @param now the time of the service */
  choose(choice: Choice, now: () => number): void {
    try {
      this.#filter = filterOf(choice, now);
      this.problem.value = '';
    } catch (error) {
      this.problem.value = error instanceof Error ? error.message : String(error);
      return;
    }
    this.#scan?.stop();
    this.#found.clear();
    this.#gone = [];
    this.isScanning.value = true;
    this.#scan = new Scan(this.#all.snapshot, this.#filter.matches, (found, isDone) => {
      this.#found.add(found.filter((event) => !this.#gone.some((isGone) => isGone(event))));
      this.isScanning.value = !isDone;
      if (isDone) this.outcome.value = `${this.#found.all.length} of ${this.#all.all.length} events match`;
      this.#bump();
    });
    this.#scan.start();
  }

  #keepFrom(first: LogEvent | undefined): void {
    if (!first) return;
    const before = this.#all.all.length;
    this.drop(({ timestamp }) => timestamp < first.timestamp);
    this.leftOut.value += before - this.#all.all.length;
  }

  /** Changes of one frame are shown together. */
  #announce(): void {
    if (this.#isAnnounced) return;
    this.#isAnnounced = true;
    requestAnimationFrame(() => {
      this.#isAnnounced = false;
      this.#bump();
    });
  }

  /** Reads the version without a subscription to it. */
  #bump(): void {
    this.version.value = this.version.peek() + 1;
  }
}
