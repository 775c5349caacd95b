/** Counts the events of a batch that would outlive this thread. */
export class SavedEvents {
  readonly #changed: (by: number) => void;
  #size = 0;
  /** How many of them segments got, in the newest copy. */
  #handedOver = 0;
  /** How many of them the system has taken. */
  #written = 0;
  /** How many are accepted, and in no other counter yet. */
  #pending = 0;
  #count = 0;

  /** @param changed is called when there are so many more, or fewer */
  constructor(changed: (by: number) => void) {
    this.#changed = changed;
  }

  /** All of them are on disk: an earlier process left them there. They count when they are accepted. */
  found(size: number): void {
    this.#size = size;
    this.#handedOver = size;
    this.#written = size;
  }

  accepted(): void {
    this.#pending = this.#size;
    this.#update();
  }

  append(): void {
    this.#size++;
    this.#pending++;
  }

  /** A segment gets all that were not handed over. @returns how many these are */
  handOver(): number {
    const events = this.#size - this.#handedOver;
    this.#handedOver = this.#size;
    return events;
  }

  written(events: number): void {
    this.#written += events;
    this.#update();
  }

  /** All are written anew. @param isWhole whether the disk has the copy from before */
  rewrite(isWhole: boolean): void {
    this.#handedOver = 0;
    if (!isWhole) this.#written = 0;
    this.#update();
  }

  settle(events: number): void {
    this.#pending -= events;
    this.#update();
  }

  /** The disk has none of them any more, or they are another process's. */
  leave(): void {
    this.#pending = 0;
    this.#update();
  }

  #update(): void {
    // Which ones are settled is not known: rather too many count as not on disk, so that no loss goes untold.
    const count = Math.max(this.#pending - (this.#size - this.#written), 0);
    if (count === this.#count) return;
    this.#changed(count - this.#count);
    this.#count = count;
  }
}
