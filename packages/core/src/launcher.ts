import type { Backlog } from './backlog.js';
import type { Copy, OpenBatches } from './batch/open-batches.js';
import type { Paces } from './delivery/paces.js';
import type { BatchSender, Parcel, StoredBatch } from './parcel.js';

export interface LauncherParts {
  readonly open: OpenBatches<BatchSender, StoredBatch & Copy>;
  readonly backlog: Backlog;
  readonly paces: Paces<BatchSender>;
  /** The batch is in flight. */
  deliver(parcel: Parcel): void;
  /** Nothing is sent any more. */
  isClosed(): boolean;
}

/** Decides which batch goes next, and when. */
export class Launcher {
  readonly #maxInFlight: number;
  readonly #parts: LauncherParts;
  /** What is waited for before anything is sent, with a way to wait no longer where there is one. */
  readonly #awaited = new Map<Promise<unknown>, () => void>();

  constructor(maxInFlight: number, parts: LauncherParts) {
    this.#maxInFlight = maxInFlight;
    this.#parts = parts;
  }

  /**
   * Sends nothing before `ready` is settled.
   * @param hurry is called when there is not enough room to wait any longer, and should settle it
   */
  async holdUntil(ready: Promise<unknown>, hurry: () => void = () => undefined): Promise<void> {
    this.#awaited.set(ready, hurry);
    try {
      await ready;
    } finally {
      this.#awaited.delete(ready);
      this.launch();
    }
  }

  /** There is not enough room to wait any longer. */
  hurry(): void {
    for (const hurry of this.#awaited.values()) hurry();
  }

  /** Sends what may go. */
  launch(): void {
    const { open, backlog, deliver, isClosed } = this.#parts;
    if (isClosed() || this.#awaited.size > 0) return;
    while (backlog.inFlight < this.#maxInFlight) {
      open.sealExpired(this.#mayBeSealed);
      const parcel = backlog.launchOldest(this.#mayGo, this.#refusesAll);
      if (parcel === undefined) return;
      deliver(parcel);
    }
  }

  /** A sender may go again. */
  recall(sender: BatchSender): void {
    this.#parts.backlog.recall(sender);
    this.#parts.open.recall(sender);
    this.launch();
  }

  /**
   * While nothing can be sent batches stay open and fill up, so that an outage leaves few and full ones. Who has nothing
   * that waits need not wait for those that have.
   */
  readonly #mayBeSealed = (sender: BatchSender): boolean => {
    const { backlog } = this.#parts;
    return !backlog.isWaitingFor(sender) && this.#mayGo(sender, backlog.inFlightOf(sender));
  };

  readonly #mayGo = (sender: BatchSender, inFlight: number): boolean =>
    inFlight < this.#parts.paces.of(sender).places;

  readonly #refusesAll = (sender: BatchSender): boolean => this.#parts.paces.of(sender).refusals.refusesAll;
}
