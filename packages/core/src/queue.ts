import type { Parcel } from './parcel.js';

/** What waits, oldest first. What comes back takes its old place. */
export class Queue {
  readonly #parcels: Parcel[] = [];
  #heldBytes = 0;

  /** About what it takes in memory. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  get isEmpty(): boolean {
    return this.#parcels.length === 0;
  }

  get oldestPosition(): number | undefined {
    return this.#parcels[0]?.position;
  }

  add(parcel: Parcel): void {
    const before = this.#parcels.findLastIndex(({ position }) => position < parcel.position);
    this.#parcels.splice(before + 1, 0, parcel);
    this.#heldBytes += parcel.heldBytes;
  }

  takeOldest(): Parcel | undefined {
    return this.#take(0);
  }

  takeOldestStored(): Parcel | undefined {
    return this.#take(this.#parcels.findIndex(({ isStored }) => isStored));
  }

  takeAll(): Parcel[] {
    this.#heldBytes = 0;
    return this.#parcels.splice(0);
  }

  /** Leaves the newest that can be spared to the disk. @returns whether there was one */
  forgetNewest(): boolean {
    for (let i = this.#parcels.length - 1; i >= 0; i--) {
      const freed = this.#parcels[i]?.forget() ?? 0;
      this.#heldBytes -= freed;
      if (freed > 0) return true;
    }
    return false;
  }

  #take(index: number): Parcel | undefined {
    const [parcel] = index < 0 ? [] : this.#parcels.splice(index, 1);
    if (parcel !== undefined) this.#heldBytes -= parcel.heldBytes;
    return parcel;
  }
}
