import type { Readable } from 'node:stream';
import { plainText } from '../search/plain-text.js';
import { timeOfLine } from './line-time.js';

/** An event that lines of an application have become. */
export interface LineEvent {
  readonly timestamp: number;
  readonly message: string;
}

export interface LineTiming {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls back when the input has paused long enough that an event is complete. @returns ends that */
  afterPause(callback: () => void): () => void;
}

/** Characters after which a line without an end, or an event, is cut. */
const MAX_LINE = 1_000_000;
/** A line that goes on with the one before it, as those of a stack or of an inspected object do. */
const CONTINUATION = /^[\s}\])]/;
const isContinuation = (line: string): boolean => CONTINUATION.test(plainText(line));
/** A line without a time has that of a line before it which was read less than this ago; else the present one. */
const MAX_TIME_AGE_MS = 1_000;

/**
 * Reads the lines of an application, and passes them on as events. The last one is held, since the next line may go on
 * with it, until the input pauses.
 * @param onEvents the next piece is read when it has taken the events; must not reject
 * @returns when the input has ended
 */
export async function readLines(
  input: Readable,
  timing: LineTiming,
  onEvents: (events: readonly LineEvent[]) => Promise<void>,
): Promise<void> {
  const joiner = new LineJoiner(timing.now);
  const pass = async (events: readonly LineEvent[]): Promise<void> => {
    if (events.length > 0) await onEvents(events);
  };
  let rest = '';
  let cancel = (): void => undefined;
  try {
    for await (const chunk of input.setEncoding('utf8')) {
      cancel();
      const lines = `${rest}${chunk}`.split(/\r?\n/);
      rest = lines.pop() ?? '';
      if (rest.length > MAX_LINE) {
        lines.push(rest);
        rest = '';
      }
      await pass(joiner.add(lines));
      cancel = timing.afterPause(() => {
        if (!isContinuation(rest)) void pass(joiner.end());
      });
    }
  } finally {
    cancel();
    await pass([...joiner.add([rest]), ...joiner.end()]);
  }
}

/** Joins lines that belong together. */
class LineJoiner {
  readonly #now: () => number;
  #held: string | undefined;
  #stated: { readonly time: number; readonly readAt: number } | undefined;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Takes lines. @returns the events that no later line goes on with */
  add(lines: readonly string[]): readonly LineEvent[] {
    const complete: string[] = [];
    for (const line of lines) {
      if (line.trim() === '') continue;
      const held = this.#held;
      if (held !== undefined && held.length < MAX_LINE && isContinuation(line)) {
        this.#held = `${held}\n${line}`;
        continue;
      }
      if (held !== undefined) complete.push(held);
      this.#held = line;
    }
    return this.#eventsOf(complete);
  }

  /** @returns the event that was held, if any */
  end(): readonly LineEvent[] {
    const held = this.#held;
    this.#held = undefined;
    return held === undefined ? [] : this.#eventsOf([held]);
  }

  /** In order of their time, since a stream of log events has this order. */
  #eventsOf(messages: readonly string[]): readonly LineEvent[] {
    return messages
      .map((message) => ({ timestamp: this.#timeOf(message), message }))
      .sort((a, b) => a.timestamp - b.timestamp);
  }

  #timeOf(message: string): number {
    const now = this.#now();
    const time = timeOfLine(message);
    if (time !== undefined) this.#stated = { time, readAt: now };
    if (this.#stated && now - this.#stated.readAt < MAX_TIME_AGE_MS) return this.#stated.time;
    return now;
  }
}
