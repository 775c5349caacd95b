import type { LogEvent } from './log-event.js';

/** A slice is short enough for the page to answer to a key within a frame. */
const SLICE_MS = 8;
/** What later slices find is shown together, since each time the page is drawn anew. */
const SHOWN_EACH_MS = 100;
/** The clock is looked at after so many events. */
const EVENTS_PER_LOOK = 64;

/**
 * Goes through events from the newest to the oldest, in slices, so that typing never waits. The first slice runs at once:
 * it usually finds all that fits on the screen.
 */
export class Scan {
  readonly #events: readonly LogEvent[];
  readonly #matches: (event: LogEvent) => boolean;
  readonly #onFound: (found: readonly LogEvent[], isDone: boolean) => void;
  #next: number;
  /** What has been found since it was shown, the newest first. */
  #found: LogEvent[] = [];
  #shownAt = Number.NEGATIVE_INFINITY;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param events must not change meanwhile
   * @param onFound called with what was found since, in the order of `events`
   */
  constructor(
    events: readonly LogEvent[],
    matches: (event: LogEvent) => boolean,
    onFound: (found: readonly LogEvent[], isDone: boolean) => void,
  ) {
    this.#events = events;
    this.#matches = matches;
    this.#onFound = onFound;
    this.#next = events.length - 1;
  }

  start(): void {
    const start = performance.now();
    while (this.#next >= 0) {
      const event = this.#events[this.#next--];
      if (event && this.#matches(event)) this.#found.push(event);
      if (this.#next % EVENTS_PER_LOOK === 0 && performance.now() - start > SLICE_MS) break;
    }
    const isDone = this.#next < 0;
    if (!isDone) this.#timer = setTimeout(() => this.start());
    if (isDone || start - this.#shownAt > SHOWN_EACH_MS) this.#show(isDone);
  }

  #show(isDone: boolean): void {
    this.#shownAt = performance.now();
    const found = this.#found.reverse();
    this.#found = [];
    this.#onFound(found, isDone);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
