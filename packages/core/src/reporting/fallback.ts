import { errorMessage } from '../util/error-message.js';
import { isOrAre, plural } from '../util/plural.js';
import { standardWriter } from './descriptor-writer.js';
import { LineOutput } from './line-output.js';
import type { Reporter } from './reporter.js';

export type FallbackStream = 'stdout' | 'stderr';

const DESCRIPTORS = { stdout: 1, stderr: 2 } as const satisfies Record<FallbackStream, number>;

/** While the process goes on, at most this much waits for a slow reader. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;

/** Events that cannot be delivered. */
export interface Undelivered {
  readonly events: number;
  /** Returns the text of each event. Called only if they are taken. */
  texts(): readonly string[];
  /** The reports of events that were not delivered for different reasons are told apart by this. */
  readonly reason: string;
  /** The reason as the end of a sentence. */
  readonly why: string;
  /** Called instead of counting them here if they were taken and cannot be written: counts and reports them as lost. */
  lost(): void;
}

/** Writes the texts of events that would be lost to stdout or stderr, a line each, and counts them. */
export class Fallback {
  readonly stream: FallbackStream;
  readonly #reporter: Reporter;
  readonly #output: LineOutput;
  #pending = 0;

  constructor(
    stream: FallbackStream,
    reporter: Reporter,
    output = new LineOutput(standardWriter(DESCRIPTORS[stream])),
  ) {
    this.stream = stream;
    this.#reporter = reporter;
    this.#output = output;
  }

  /** The number of events that are being written. */
  get pending(): number {
    return this.#pending;
  }

  /** Takes events if there is room for them. @returns whether it does */
  offer(undelivered: Undelivered): boolean {
    if (this.#isFull) return false;
    this.take(undelivered);
    return true;
  }

  /** Takes events, room or not: the process or the pipeline ends, and holds them anyway. Counts them once they are written. */
  take({ events, texts, reason, why, lost }: Undelivered): void {
    this.#pending += events;
    this.#write(texts(), (error) => {
      this.#pending -= events;
      if (error === undefined) this.#written(events, reason, why);
      else {
        this.#failed(error);
        lost();
      }
    });
  }

  /** Writes texts that are counted elsewhere, as refused by the service. */
  copy(texts: readonly string[]): void {
    if (this.#isFull) {
      this.#refusedToo(texts.length);
      return;
    }
    this.#write(texts, (error) => {
      if (error !== undefined) this.#failed(error);
    });
  }

  /** Resolves when everything is written. */
  idle(): Promise<void> {
    return this.#output.idle();
  }

  /** The same, but after this time what waits is lost. */
  close(timeoutMs: number): Promise<void> {
    return this.#output.close(timeoutMs);
  }

  get #isFull(): boolean {
    return this.#output.waitingBytes > MAX_WAITING_BYTES;
  }

  #write(texts: readonly string[], done: (error: unknown) => void): void {
    this.#output.write(
      texts.map((text) => `${text}\n`),
      done,
    );
  }

  #written(events: number, reason: string, why: string): void {
    this.#reporter.fallBack(events);
    this.#reporter.loss(
      'fallback',
      events,
      (all) =>
        `${plural(all, 'event', 'events')} could not be delivered and went to ${this.stream} instead: ${why}.`,
      `fallback: ${reason}`,
    );
  }

  #refusedToo(events: number): void {
    this.#reporter.loss(
      'fallback-failed',
      events,
      (all) =>
        `${plural(all, 'event', 'events')} that CloudWatch Logs refused ${isOrAre(all)} not written to ${this.stream} either: more than 16 MiB wait for its reader.`,
      'fallback-failed: full',
    );
  }

  #failed(error: unknown): void {
    this.#reporter.problem(
      'fallback-failed',
      `Events that could not be delivered cannot be written to ${this.stream} either. (${errorMessage(error)})`,
    );
  }
}
