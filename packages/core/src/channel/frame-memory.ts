/** What is kept while no frames are on their way: for some that the worker reads, and for the next ones. */
const KEPT_SLOTS = 2;

/**
 * The memory of frames on their way to the worker. Most of it is shared with the worker, and used again, so that neither thread
 * copies the frames into a message and out of it, or allocates memory for them. A burst may take all slots (4 MiB in the outbox);
 * when the worker has received everything, all but a few are left to the garbage collector.
 */
export class FrameMemory {
  readonly #slotBytes: number;
  readonly #maxSlots: number;
  #slotCount = 0;
  readonly #spares: SharedArrayBuffer[] = [];

  /** @param slotBytes the most bytes of frames that go into shared memory */
  constructor(slotBytes: number, maxSlots: number) {
    this.#slotBytes = slotBytes;
    this.#maxSlots = maxSlots;
  }

  /** Copies frames: into shared memory if there is some left. */
  copy(frames: Uint8Array): Uint8Array {
    const slot = frames.length > this.#slotBytes ? undefined : (this.#spares.pop() ?? this.#newSlot());
    const copy = slot === undefined ? new Uint8Array(frames.length) : new Uint8Array(slot, 0, frames.length);
    copy.set(frames);
    return copy;
  }

  /** Takes memory back that nobody reads any more. */
  release({ buffer }: Uint8Array): void {
    if (!(buffer instanceof SharedArrayBuffer)) return;
    this.#spares.push(buffer);
    if (this.#spares.length < this.#slotCount) return;
    this.#spares.length = Math.min(this.#spares.length, KEPT_SLOTS);
    this.#slotCount = this.#spares.length;
  }

  #newSlot(): SharedArrayBuffer | undefined {
    if (this.#slotCount === this.#maxSlots) return undefined;
    this.#slotCount++;
    return new SharedArrayBuffer(this.#slotBytes);
  }
}
