import type { Clock } from '../clock.js';
import { Pace } from './pace.js';

/** A pace for each sender: one that is refused holds up no other. */
export class Paces<Sender extends object> {
  readonly #bySender = new Map<Sender, Pace>();
  readonly #create: () => Pace;

  /** @param resumed is called when a pause is over */
  constructor(maxInFlight: number, clock: Clock, random: () => number, resumed: () => void) {
    this.#create = () => new Pace(maxInFlight, clock, random, resumed);
  }

  of(sender: Sender): Pace {
    const known = this.#bySender.get(sender);
    if (known !== undefined) return known;
    const pace = this.#create();
    this.#bySender.set(sender, pace);
    return pace;
  }

  /** Ends every pause. */
  resumeAll(): void {
    for (const pace of this.#bySender.values()) pace.resume();
  }

  /** Ends every pause, and nothing follows from it. */
  stopAll(): void {
    for (const pace of this.#bySender.values()) pace.stop();
  }
}
