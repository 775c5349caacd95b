import { Backlog, type Found } from './backlog.js';
import { type Copy, OpenBatches } from './batch/open-batches.js';
import { Bounds } from './bounds.js';
import { type Clock, within } from './clock.js';
import { Paces } from './delivery/paces.js';
import { Delivery } from './delivery.js';
import type { EventTimes } from './event-times.js';
import { Flushes } from './flushes.js';
import { Intake } from './intake.js';
import { Launcher } from './launcher.js';
import type { Ledger } from './ledger.js';
import type { BatchSender, BatchStore, Parcel, StoredBatch } from './parcel.js';
import type { Reporter } from './report.js';
import { Rhythm } from './rhythm.js';
import type { Settled } from './settled.js';

export interface ShipperOptions {
  readonly flushIntervalMs: number;
  readonly maxInFlight: number;
  readonly requestTimeoutMs: number;
  readonly maxBufferBytes: number;
}

export interface ShipperParts {
  /** Who sends a record, by its text. */
  readonly route: (message: string | Buffer) => BatchSender;
  readonly times: EventTimes;
  readonly ledger: Ledger;
  readonly reporter: Reporter;
  readonly store: BatchStore | undefined;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

const CROWDED =
  'Too many log streams, or services, are in use at once: batches go before they are full, in many small requests. Choose fields of fewer values for logStreamName and serviceField.';

/** At the end a disk that does not answer is waited for so long, if there is time: thread-stream ends a worker after 10 s. */
const LAST_WRITE_MS = 2500;
const MAX_CLOSE_MS = 9300;

/** What earlier processes left goes first, if it is found so soon. */
const HEAD_START_MS = 2000;

/**
 * The pipeline: event → open batch → backlog → in flight → outcome. It alone decides what is sent again and what
 * is given up. Taking over an event never waits for the network or the disk.
 */
export class Shipper {
  readonly #ledger: Ledger;
  readonly #reporter: Reporter;
  readonly #clock: Clock;

  readonly #intake: Intake;
  readonly #open: OpenBatches<BatchSender, StoredBatch & Copy>;
  readonly #backlog: Backlog;
  readonly #bounds: Bounds;
  readonly #paces: Paces<BatchSender>;
  readonly #launcher: Launcher;
  #recovered: Promise<void> = Promise.resolve();
  /** When the last drain gave up, all that was sealed was on disk; up to here. */
  #leftToDisk = -1;

  readonly #flushes = new Flushes();
  #drains = 0;
  #closing: Promise<void> | undefined;
  #closed = false;

  constructor(options: ShipperOptions, parts: ShipperParts) {
    const { route, times, ledger, reporter, store, clock, random } = parts;
    this.#ledger = ledger;
    this.#reporter = reporter;
    this.#clock = clock;
    this.#open = new OpenBatches(
      {
        sealed: (sender, batch, stored, gap) => this.#backlog.add(sender, batch, stored, gap),
        crowded: () => reporter.problem('crowded', CROWDED),
      },
      (sender, timestamp) => store?.create(() => sender.addressFor(timestamp)),
    );
    // Something of it may be sealed now.
    this.#backlog = new Backlog((sender) => this.#open.recall(sender));
    reporter.watchPending(() => this.#open.events + this.#backlog.events);
    this.#bounds = new Bounds(
      options.maxBufferBytes,
      this.#open,
      this.#backlog,
      store,
      () => this.#launcher.launch(),
      (parcel, reason) => this.#settle([parcel], { kind: 'dropped', reason }),
    );
    store?.whenFull(() => this.#keepBounds());
    this.#paces = new Paces(options, clock, random, (sender) => this.#launcher.recall(sender));
    const delivery = new Delivery({
      backlog: this.#backlog,
      paces: this.#paces,
      times,
      reporter,
      clock,
      settle: (parcels, settled) => this.#settle(parcels, settled),
      returned: () => this.#keepBounds(),
      delivered: (sender) => this.#intake.giveNotice(sender),
      done: () => this.#done(),
      isClosed: () => this.#closed,
      isLeaving: () => this.#drains > 0,
    });
    this.#launcher = new Launcher(options.maxInFlight, {
      open: this.#open,
      backlog: this.#backlog,
      paces: this.#paces,
      deliver: (parcel) => void delivery.deliver(parcel),
      isClosed: () => this.#closed,
    });
    this.#intake = new Intake({
      route,
      times,
      ledger,
      clock,
      open: this.#open,
      rhythm: new Rhythm(options.flushIntervalMs, clock, random),
      due: () => this.#launcher.launch(),
    });
  }

  /** Takes over a record, logged at this moment of the host's clock. @param recordTime the time that the record says */
  accept(loggedAt: number, message: string | Buffer, recordTime?: number): void {
    const { end } = this.#backlog;
    if (!this.#intake.accept(loggedAt, message, recordTime)) return;
    // Else nothing can go that could not before: with many targets it takes time to find that out.
    if (this.#backlog.end > end) this.#launcher.launch();
    this.#keepBounds();
  }

  /**
   * Puts batches that earlier processes left in front of all others.
   * @param isFirst whether this is the first look, for which all others wait a moment
   */
  recover(looking: Promise<readonly Found[]>, isFirst: boolean): void {
    const recovered = this.#recover(looking);
    this.#recovered = Promise.all([this.#recovered, recovered]).then(() => undefined);
    if (isFirst) void this.holdUntil(within(HEAD_START_MS, this.#clock, recovered));
  }

  /**
   * Sends nothing before `ready` is settled; what is accepted meanwhile gathers.
   * @param hurry is called when there is not enough room to wait any longer, and should settle it
   */
  holdUntil(ready: Promise<unknown>, hurry?: () => void): Promise<void> {
    return this.#launcher.holdUntil(ready, hurry);
  }

  async #recover(looking: Promise<readonly Found[]>): Promise<void> {
    const found = await looking;
    // They lie in this process's folder, and the next one finds them there.
    if (this.#closed) return;
    this.#ledger.accept(found.reduce((sum, { outline }) => sum + outline.size, 0));
    for (const { stored } of found) stored.accepted();
    this.#backlog.addFound(found);
    this.#launcher.launch();
    this.#keepBounds();
  }

  /** Resolves when all that was accepted before is delivered, rejected or dropped: in an outage, not until it ends. */
  async flush(): Promise<void> {
    await this.#flush();
    this.#reporter.reportCounts();
  }

  async #flush(): Promise<void> {
    this.#intake.sealAll();
    this.#launcher.launch();
    this.#keepBounds();
    const { end } = this.#backlog;
    if (!this.#backlog.isSettled(end)) await this.#flushes.wait(end);
  }

  /**
   * Delivers what was accepted before within `deadlineMs`, gives up the rest except for what is on disk, and goes on.
   * Keeps the process alive meanwhile.
   */
  async drain(deadlineMs: number): Promise<void> {
    // At 'beforeExit' again, and nothing is new: the disk has it all.
    if (this.#open.isEmpty && this.#backlog.end === this.#leftToDisk) return;
    const time = new AbortController();
    this.#drains++;
    const inTime = await within(deadlineMs, this.#clock, this.#drain(time.signal));
    this.#drains--;
    time.abort();
    if (!inTime) this.#giveUp();
    this.#reporter.reportCountsWhenIdle();
    await undefined; // listeners log what they are told
    // Node emits 'beforeExit' again when the event loop has turned.
    if (!this.#open.isEmpty) this.#clock.after(0, () => undefined, true);
  }

  /** @param time is aborted when there is no more of it */
  async #drain(time: AbortSignal): Promise<true> {
    // Twice, for what came meanwhile, and from earlier processes. Not until nothing comes, which may be never.
    for (let pass = 0; pass < 2 && !time.aborted && !(pass > 0 && this.#isIdle); pass++) {
      const flushed = this.#flush();
      this.#paces.resumeAll();
      await Promise.all([flushed, this.#recovered]);
    }
    return true;
  }

  get #isIdle(): boolean {
    return this.#open.isEmpty && this.#backlog.isEmpty;
  }

  /** Drains, and takes nothing more. */
  close(deadlineMs: number): Promise<void> {
    this.#closing ??= this.#close(deadlineMs);
    return this.#closing;
  }

  async #close(deadlineMs: number): Promise<void> {
    const deadline = this.#clock.monotonic() + deadlineMs;
    await this.drain(deadlineMs);
    this.#intake.close();
    if (!this.#isIdle) await this.drain(Math.max(deadline - this.#clock.monotonic(), 0));
    this.#closed = true;
    this.#paces.stopAll();
    this.#giveUp(); // what an earlier process left, should it be found only now
    await this.#leaveOnDisk(this.#backlog.all(), Math.min(LAST_WRITE_MS, MAX_CLOSE_MS - deadlineMs));
    this.#reporter.close();
  }

  /** The process ends at once: counts and reports what is lost with it, and takes nothing more. */
  abandon(): void {
    if (this.#closed) return;
    this.#intake.close();
    this.#closed = true;
    this.#paces.stopAll();
    this.#intake.sealAll();
    const parcels = this.#backlog.all();
    this.#settle(
      parcels.filter(({ isOnDisk }) => isOnDisk),
      { kind: 'spooled' },
    );
    this.#settle(
      parcels.filter(({ isOnDisk }) => !isOnDisk),
      { kind: 'dropped', reason: 'abandoned' },
    );
    this.#reporter.close();
  }

  /** What the disk does not take now is lost. */
  async #leaveOnDisk(parcels: readonly Parcel[], ms: number): Promise<void> {
    if (parcels.length === 0) return;
    const isWritten = async (parcel: Parcel) =>
      // A disk that stands still has what it had.
      (await within(ms, this.#clock, parcel.isWritten())) ?? parcel.isOnDisk;
    const written = await Promise.all(parcels.map(isWritten));
    this.#settle(
      parcels.filter((_, i) => written[i]),
      { kind: 'spooled' },
    );
    this.#settle(
      parcels.filter((_, i) => !written[i]),
      { kind: 'dropped', reason: 'closed' },
    );
  }

  #keepBounds(): void {
    if (this.#bounds.isHalfFull) this.#launcher.hurry();
    if (this.#bounds.keep()) this.#settled();
  }

  /** The only way out of here for a batch. One that went meanwhile stays in the counter that it has. */
  #settle(parcels: readonly Parcel[], settled: Settled): void {
    let events = 0;
    for (const parcel of parcels) {
      if (!this.#backlog.complete(parcel)) continue;
      this.#ledger.enter(parcel, settled);
      parcel.settle(settled);
      events += parcel.size;
    }
    if (events > 0) this.#ledger.tell(settled, events);
  }

  #done(): void {
    this.#settled();
    this.#launcher.launch();
  }

  #settled(): void {
    this.#reporter.reportCountsSometimes();
    this.#flushes.release((end) => this.#backlog.isSettled(end));
  }

  /** There is no more time. What is on disk is not lost, and goes on waiting. */
  #giveUp(): void {
    this.#intake.sealAll();
    this.#settle(this.#backlog.inMemoryAlone(), { kind: 'dropped', reason: 'closed' });
    this.#leftToDisk = this.#backlog.end;
    this.#flushes.release(() => true);
  }
}
