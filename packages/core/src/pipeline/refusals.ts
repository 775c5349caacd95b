/** So many events that were refused alone, one after the other, may be to blame themselves. */
const MAX_REFUSED_ALONE = 5;

/**
 * Whom to blame for refusals: single events, or the destination, which refuses whatever is sent. In a batch that has good
 * events some of it is delivered soon; and where nothing is, each event would cost two requests and be given up.
 */
export class Refusals {
  #deliveries = 0;
  #refusedAlone = 0;
  #refusesAll = false;

  /** How many batches were delivered. */
  get deliveries(): number {
    return this.#deliveries;
  }

  /** Whether it looks as if everything were refused. */
  get refusesAll(): boolean {
    return this.#refusesAll;
  }

  delivered(): void {
    this.#deliveries++;
    this.#refusedAlone = 0;
    this.#refusesAll = false;
  }

  /** @param deliveries how many there were when the batch of this event was refused */
  refusedAlone(deliveries: number): void {
    this.#refusedAlone++;
    if (this.#refusedAlone >= MAX_REFUSED_ALONE && deliveries === this.#deliveries) this.#refusesAll = true;
  }
}
