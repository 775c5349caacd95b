import { atExit, isExiting } from '../util/at-exit.js';
import type { Clock } from '../util/clock.js';
import { errorMessage } from '../util/error-message.js';
import { plural } from '../util/plural.js';
import { LineOutput } from './line-output.js';
import type { Reporter } from './reporter.js';

export type FallbackStream = 'stdout' | 'stderr';

const DESCRIPTORS: Readonly<Record<FallbackStream, number>> = { stdout: 1, stderr: 2 };

/** While the process goes on, this much waits at most for a slow reader. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;

/** Texts that cannot be delivered. */
export interface Undelivered {
  /** One for each event. */
  readonly texts: readonly string[];
  /** Why they are not delivered, as the end of a sentence. */
  readonly why: string;
  /** Called instead of counting them here if they cannot be written: counts and reports them as lost. */
  lost(): void;
}

/** Writes the texts of events that would be lost to stdout or stderr, a line each, and counts them. */
export class Fallback {
  readonly stream: FallbackStream;
  readonly #reporter: Reporter;
  readonly #output: LineOutput;
  #pending = 0;
  #removeExitAction: (() => void) | undefined;

  constructor(
    stream: FallbackStream,
    reporter: Reporter,
    clock: Clock,
    output = new LineOutput(DESCRIPTORS[stream], clock),
  ) {
    this.stream = stream;
    this.#reporter = reporter;
    this.#output = output;
  }

  /** The number of events that are being written. */
  get pending(): number {
    return this.#pending;
  }

  /** Takes events, and counts them once they are written. @param isEnd whether the process or the pipeline ends: then all are taken */
  take({ texts, why, lost }: Undelivered, isEnd: boolean): void {
    if (!isEnd && this.#output.waitingBytes > MAX_WAITING_BYTES) {
      lost();
      return;
    }
    const events = texts.length;
    this.#pending += events;
    this.#removeExitAction ??= atExit(() => this.#output.writeNow());
    this.#write(texts, (error) => {
      this.#pending -= events;
      if (this.#pending === 0) this.#forgetExit();
      if (error === undefined) this.#written(events, why);
      else {
        this.#failed(error);
        lost();
      }
    });
  }

  /** Writes texts that are counted elsewhere. */
  copy(texts: readonly string[]): void {
    if (this.#output.waitingBytes > MAX_WAITING_BYTES) return;
    this.#write(texts, (error) => {
      if (error !== undefined) this.#failed(error);
    });
  }

  /** At the process's exit, writes what was taken. Nothing asynchronous runs any more. */
  writeIfExiting(): void {
    if (isExiting()) this.#output.writeNow();
  }

  /** Resolves when everything is written. */
  idle(): Promise<void> {
    return this.#output.idle();
  }

  /** The same, but after this time what waits is lost. */
  close(timeoutMs: number): Promise<void> {
    return this.#output.close(timeoutMs);
  }

  #write(texts: readonly string[], done: (error: unknown) => void): void {
    this.#output.write(
      texts.map((text) => `${text}\n`),
      done,
    );
  }

  #forgetExit(): void {
    this.#removeExitAction?.();
    this.#removeExitAction = undefined;
  }

  #written(events: number, why: string): void {
    this.#reporter.fallBack(events);
    this.#reporter.loss(
      'fallback',
      events,
      (all) =>
        `${plural(all, 'event', 'events')} could not be delivered and went to ${this.stream} instead: ${why}.`,
    );
  }

  #failed(error: unknown): void {
    this.#reporter.problem(
      'fallback-failed',
      `Events that could not be delivered cannot be written to ${this.stream} either. (${errorMessage(error)})`,
    );
  }
}
