import type { Batch } from './batch/batch.js';

/** A sealed batch on its way. */
export interface Parcel {
  /** How many events were sealed before its first one. */
  readonly position: number;
  readonly batch: Batch;
}

/** The batches that wait, oldest first; one that comes back takes its old place. */
export class Queue {
  readonly #parcels: Parcel[] = [];
  #heldBytes = 0;

  get heldBytes(): number {
    return this.#heldBytes;
  }

  add(parcel: Parcel): void {
    const before = this.#parcels.findLastIndex(({ position }) => position < parcel.position);
    this.#parcels.splice(before + 1, 0, parcel);
    this.#heldBytes += parcel.batch.heldBytes;
  }

  takeOldest(): Parcel | undefined {
    const parcel = this.#parcels.shift();
    if (parcel !== undefined) this.#heldBytes -= parcel.batch.heldBytes;
    return parcel;
  }

  takeAll(): Parcel[] {
    this.#heldBytes = 0;
    return this.#parcels.splice(0);
  }

  get isEmpty(): boolean {
    return this.#parcels.length === 0;
  }

  get oldestPosition(): number | undefined {
    return this.#parcels[0]?.position;
  }
}
