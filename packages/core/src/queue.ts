import type { Batch } from './batch/batch.js';

/** A sealed batch on its way. Both halves of a batch keep its number. */
export interface Parcel {
  /** Rises with each batch that is sealed. */
  readonly number: number;
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
    const behind = this.#parcels.findIndex(({ number }) => number >= parcel.number);
    this.#parcels.splice(behind === -1 ? this.#parcels.length : behind, 0, parcel);
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

  get oldestNumber(): number | undefined {
    return this.#parcels[0]?.number;
  }
}
