import type { Shipment } from '../delivery/shipment.js';
import { Stall } from '../delivery/stall.js';

/** Reading pauses when half of the buffer is full, and goes on at a quarter. */
const PAUSE_SHARE = 1 / 2;
const RESUME_SHARE = 1 / 4;

/** In an outage the writer is not held up for longer. */
const PATIENCE_MS = 5000;
const CHECK_MS = 50;

/**
 * Reads no faster than the service takes events, so that a large file loses none for lack of room. When the service takes
 * nothing, reading goes on: the buffer's limit applies, and the program that writes is not held up by an outage.
 */
export class InputBrake {
  readonly #maxBytes: number;
  readonly #shipment: Pick<Shipment, 'pipeline' | 'tally'>;
  #bytesRead = 0;
  /** How many events were delivered when the patience was over. */
  #gaveUpAt = -1;

  constructor(maxBufferBytes: number, shipment: Pick<Shipment, 'pipeline' | 'tally'>) {
    this.#maxBytes = maxBufferBytes;
    this.#shipment = shipment;
  }

  /** @returns whether reading should pause until `released` resolves */
  read(bytes: number): boolean {
    this.#bytesRead += bytes;
    const { delivered } = this.#shipment.tally;
    return delivered > this.#gaveUpAt && this.#pendingBytes > this.#maxBytes * PAUSE_SHARE;
  }

  async released(): Promise<void> {
    const stall = new Stall(PATIENCE_MS, () => this.#shipment.tally.delivered);
    while (this.#pendingBytes > this.#maxBytes * RESUME_SHARE) {
      await new Promise((resolve) => setTimeout(resolve, CHECK_MS));
      if (!stall.isOver()) continue;
      this.#gaveUpAt = this.#shipment.tally.delivered;
      return;
    }
  }

  /** What memory holds, with what each event takes besides its text; or what waits on disk, by the average length. */
  get #pendingBytes(): number {
    const { pipeline, tally } = this.#shipment;
    const { accepted, pending } = tally;
    const onAverage = accepted === 0 ? 0 : (this.#bytesRead / accepted) * pending;
    return Math.max(pipeline.heldBytes, onAverage);
  }
}
