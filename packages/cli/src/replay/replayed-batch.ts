import type { ReadBack, StoredBatch, WrittenLetters } from '@putlogs/core/internal';

/** Reading pauses while more dead letters than this wait for the disk. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;

/** How a batch differs from the one on disk. */
export interface Replayed {
  /** Whether its events get the time at which they are read. */
  readonly isRetimed: boolean;
  readonly deadLetters: WrittenLetters | undefined;
  /** The service has taken or rejected this many of its events. */
  settled(events: number): void;
}

/** A batch on disk that stays there until those of its events that are refused are in the dead-letter file. */
export class ReplayedBatch implements StoredBatch {
  readonly #stored: StoredBatch;
  readonly #replayed: Replayed;

  constructor(stored: StoredBatch, replayed: Replayed) {
    this.#stored = stored;
    this.#replayed = replayed;
  }

  async read(): Promise<ReadBack> {
    const { isRetimed, deadLetters } = this.#replayed;
    if (deadLetters !== undefined && deadLetters.waitingBytes > MAX_WAITING_BYTES)
      if (!(await deadLetters.written()))
        return { kind: 'busy', error: new Error('dead letters cannot be written') };
    const result = await this.#stored.read();
    if (result.kind !== 'read' || !isRetimed) return result;
    const readAt = Date.now();
    // The events of a batch are of one day, so all are about as old.
    const [batch = result.batch] = result.batch.withTimes(() => readAt);
    return { kind: 'read', batch };
  }

  /** Its dead letters have been added by now. */
  settle(events: number): void {
    this.#replayed.settled(events);
    void this.#settle(events);
  }

  async #settle(events: number): Promise<void> {
    const { deadLetters } = this.#replayed;
    if (deadLetters === undefined || (await deadLetters.written())) this.#stored.settle(events);
    else this.#stored.leave(events);
  }

  get isPersisting(): boolean {
    return this.#stored.isPersisting;
  }

  get isPersisted(): boolean {
    return this.#stored.isPersisted;
  }

  get whenPersisted(): Promise<boolean> {
    return this.#stored.whenPersisted;
  }

  mayLeaveMemory(atOnce: boolean): boolean {
    return this.#stored.mayLeaveMemory(atOnce);
  }

  release(): void {
    this.#stored.release();
  }

  accepted(): void {
    this.#stored.accepted();
  }

  leave(events: number): void {
    this.#stored.leave(events);
  }
}
