/** After this many single events were refused in a row, the destination may be the cause. */
const MAX_REFUSED_ALONE = 5;

/**
 * Tells whether the service refuses single bad events or everything that is sent to a destination. If only some events are bad,
 * parts of their batches are delivered soon. If nothing is, halving would cost two requests for each event and reject them all.
 */
export class Refusals {
  #deliveries = 0;
  #refusedAlone = 0;
  #refusesAll = false;

  /** The number of batches that were delivered. */
  get deliveries(): number {
    return this.#deliveries;
  }

  /** Whether the destination seems to refuse everything. */
  get refusesAll(): boolean {
    return this.#refusesAll;
  }

  delivered(): void {
    this.#deliveries++;
    this.#refusedAlone = 0;
    this.#refusesAll = false;
  }

  /** A single event was refused. @param deliveriesBefore {@link deliveries} when the batch of this event was first refused */
  refusedAlone(deliveriesBefore: number): void {
    this.#refusedAlone++;
    if (this.#refusedAlone >= MAX_REFUSED_ALONE && deliveriesBefore === this.#deliveries)
      this.#refusesAll = true;
  }
}
