import type { Clock } from '../clock.js';
import type { PauseReason } from './backoff.js';
import { Pace, type PaceOptions } from './pace.js';

/** A pace for each sender, for as long as there is one: one that is refused holds up no other. */
export class Paces<Sender extends object> {
  readonly #bySender = new WeakMap<Sender, Pace>();
  readonly #paused = new Set<Pace>();
  readonly #create: (sender: Sender) => Pace;

  /** @param resumed is called when a sender's pause is over */
  constructor(options: PaceOptions, clock: Clock, random: () => number, resumed: (sender: Sender) => void) {
    this.#create = (sender) => {
      const pace = new Pace(options, clock, random, () => {
        this.#paused.delete(pace);
        resumed(sender);
      });
      return pace;
    };
  }

  of(sender: Sender): Pace {
    const known = this.#bySender.get(sender);
    if (known !== undefined) return known;
    const pace = this.#create(sender);
    this.#bySender.set(sender, pace);
    return pace;
  }

  /** Begins a pause. @returns false when one is under way already */
  failed(sender: Sender, reason: PauseReason, maxPauseMs: number): boolean {
    const pace = this.of(sender);
    const begins = pace.failed(reason, maxPauseMs);
    if (begins) this.#paused.add(pace);
    return begins;
  }

  /** Ends every pause. */
  resumeAll(): void {
    for (const pace of [...this.#paused]) pace.resume();
  }

  /** Ends every pause, and nothing follows from it. */
  stopAll(): void {
    for (const pace of this.#paused) pace.stop();
    this.#paused.clear();
  }
}
