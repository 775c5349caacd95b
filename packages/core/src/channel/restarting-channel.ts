import type { Config } from '../config/options.js';
import { hasExitDeliveryBegun, registerExitDelivery, remainingCloseTime } from '../host/deliver-at-exit.js';
import type { FinalCounts } from '../reporting/counters.js';
import { addCounts, type Counts } from '../reporting/counts.js';
import type { Fallback } from '../reporting/fallback.js';
import { LOSSES } from '../reporting/losses.js';
import type { Report } from '../reporting/report-types.js';
import type { Reporter } from '../reporting/reporter.js';
import { type Clock, withTimeout } from '../util/clock.js';
import { START_GRACE_MS } from '../util/closing-budget.js';
import { type ChannelConstructor, type LoggedRecord, ZERO_COUNTS } from './channel.js';
import { type ChannelState, IDLE } from './channel-state.js';
import { HeldRecords } from './held-records.js';
import { InProcessChannel } from './in-process-channel.js';
import { LossReporter } from './loss-reporter.js';
import { OpenedChannel } from './opened-channel.js';
import { RestartBackoff } from './restart-backoff.js';
import { RestartPause } from './restart-pause.js';
import { WorkerBackpressure } from './worker-backpressure.js';
import { WorkerChannel } from './worker-channel.js';
import { ownWorkerInput } from './worker-protocol.js';

interface RestartingChannelContext {
  readonly config: Config;
  readonly clock: Clock;
  /** Counts what is lost on this side. */
  readonly reporter: Reporter;
  /** Takes what would be lost on this side. */
  readonly fallback: Fallback | undefined;
  /** Gets the pipeline's reports. */
  report(report: Report): void;
}

/**
 * A channel that survives its pipeline's thread. A worker that ends is replaced after a pause; where none can start, the
 * pipeline runs in this thread, unless the user's module may be the reason. Meanwhile records are held, within
 * `maxBufferBytes`.
 */
export class RestartingChannel {
  readonly #context: RestartingChannelContext;
  readonly #backpressure: WorkerBackpressure;
  readonly #held: HeldRecords;
  readonly #losses: LossReporter;
  readonly #backoff = new RestartBackoff();
  readonly #unregister: () => void;
  #channelClass: ChannelConstructor;
  #state: ChannelState = IDLE;
  #isClosing = false;
  /** Whether workers that ended left events in the spool. The next one takes them over, even if nothing is logged. */
  #hasLeftEvents = false;
  /** The counts of the channels that have ended. */
  #past = ZERO_COUNTS;

  constructor(useWorker: boolean, context: RestartingChannelContext) {
    this.#context = context;
    const { config, reporter, fallback } = context;
    this.#backpressure = new WorkerBackpressure(config.maxBufferBytes, reporter, fallback);
    this.#held = new HeldRecords(this.#backpressure);
    this.#losses = new LossReporter(reporter, fallback);
    this.#channelClass = useWorker ? WorkerChannel : InProcessChannel;
    this.#unregister = registerExitDelivery({
      requestClose: () => this.#requestCloseAtExit(),
      awaitClose: () => this.#awaitCloseAtExit('abandoned'),
    });
  }

  /** The counts of the pipelines, as of their last reports. */
  get counts(): Counts {
    return 'opened' in this.#state ? addCounts(this.#past, this.#state.opened.counts) : this.#past;
  }

  /** Starts the pipeline before the first record. */
  open(): void {
    if (ownWorkerInput() === undefined && this.#state.kind === 'idle') this.#start();
  }

  write(record: LoggedRecord): void {
    // A logger that a preloaded module sets up in our own worker would start a worker, and so on without end.
    if (ownWorkerInput() !== undefined) this.#losses.loggedInOwnWorker(record);
    else if (hasExitDeliveryBegun()) this.#writeAtExit(record);
    else if (this.#state.kind === 'open') this.#writeTo(this.#state.opened, record);
    else {
      this.#held.hold(record);
      if (this.#state.kind === 'idle') this.#start();
    }
  }

  /** Hands what was written over to the pipeline's thread sooner than otherwise. */
  expedite(): void {
    if (this.#state.kind === 'open') this.#state.opened.channel.expedite();
  }

  /**
   * Resolves when every record written before is settled. Waits for the end of a pause, as it does in an outage: an
   * application that flushes after each request would otherwise start, again and again, a worker that cannot live. Never rejects.
   */
  async flush(): Promise<void> {
    let opened = await this.#untilOpen();
    while (opened !== undefined) {
      await opened.channel.flush();
      if ('opened' in this.#state && this.#state.opened === opened) return;
      // It broke, and what it had not seen is held for the next one.
      opened = await this.#untilOpen();
    }
  }

  /**
   * Delivers for at most `closeTimeoutMs`, and ends the pipeline. Ends a pause, since there is no later moment. Nothing is
   * written afterwards. Never rejects.
   */
  async close(): Promise<void> {
    this.#isClosing = true;
    const { config, clock } = this.#context;
    const startTimeoutMs = remainingCloseTime(config.closeTimeoutMs) + START_GRACE_MS;
    if (this.#state.kind === 'pausing') this.#state.pause.end();
    await withTimeout(startTimeoutMs, clock, this.#untilOpen());
    const state = this.#state;
    if (state.kind === 'open') await state.opened.channel.close();
    else if (state.kind === 'starting') {
      this.#lose(this.#held.takeAll(), 'it is stuck');
      state.opened.channel.abandon();
    }
    if ('opened' in this.#state) this.#leave(this.#state.opened);
    this.#unregister();
  }

  #writeTo(opened: OpenedChannel, record: LoggedRecord): void {
    const [, message] = record;
    if (opened.channel.isFull) this.#backpressure.drop(message);
    else opened.write(record);
  }

  /** The channel did not start. */
  #lose(records: readonly LoggedRecord[], reason: string): void {
    const loss = this.#isInProcess ? LOSSES.notLoaded(reason) : LOSSES.workerEnded(reason);
    const lost = records.length - this.#losses.rescue(records, loss);
    if (this.#isInProcess) this.#losses.notLoaded(lost, reason);
    else this.#losses.workerEnded(lost, reason);
  }

  #start(): void {
    const { config, clock, report } = this.#context;
    this.#state = { kind: 'opening' };
    let opened: OpenedChannel;
    try {
      opened = new OpenedChannel(
        this.#channelClass,
        { config, clock, report, backpressure: this.#backpressure },
        (...ending) => this.#onBroken(opened, ...ending),
      );
    } catch (error) {
      this.#onStartFailed(error as Error);
      return;
    }
    this.#state = { kind: 'starting', opened };
    if (opened.channel.started === undefined) this.#onStarted(opened);
    else void this.#awaitStart(opened);
  }

  async #awaitStart(opened: OpenedChannel): Promise<void> {
    try {
      await opened.started();
      this.#onStarted(opened);
    } catch (error) {
      if (this.#isStarting(opened)) this.#onStartFailed(error as Error, opened.channel.hasReachedModule);
    }
  }

  #isStarting(opened: OpenedChannel): boolean {
    return this.#state.kind === 'starting' && this.#state.opened === opened;
  }

  #onStarted(opened: OpenedChannel): void {
    if (!this.#isStarting(opened)) return;
    this.#state = { kind: 'open', opened };
    this.#writeHeld(opened);
  }

  #writeHeld(opened: OpenedChannel): void {
    for (const record of this.#held.takeAll()) opened.write(record);
  }

  /** @param hasReachedModule whether the user's module may have ended the worker. It would do the same to this thread. */
  #onStartFailed(error: Error, hasReachedModule = false): void {
    this.#state = IDLE;
    const isLast = this.#isClosing || hasExitDeliveryBegun();
    if (hasReachedModule && !isLast) {
      this.#pause();
      this.#losses.moduleEndedWorker(this.#context.config.module, error);
    } else if (this.#channelClass === WorkerChannel && !hasReachedModule && !hasExitDeliveryBegun()) {
      this.#channelClass = InProcessChannel;
      this.#start();
      this.#losses.noWorker(error);
    } else {
      const held = this.#held.takeAll();
      this.#pause();
      this.#lose(held, error.message);
    }
  }

  /** Our code does not end a worker, but running out of memory does, and the user's module can. */
  #onBroken(
    opened: OpenedChannel,
    error: Error,
    { lost, saved, writing, records, hasSearched }: FinalCounts,
    unseen: readonly LoggedRecord[],
  ): void {
    if (!('opened' in this.#state) || this.#state.opened !== opened) return;
    const goesOn = !this.#isClosing && !hasExitDeliveryBegun();
    const kept = goesOn ? unseen : [];
    this.#leave(opened);
    // A record that the worker accepted counts as its events. How many events the others would be is unknown: one each.
    const neverAccepted = Math.max(opened.written - kept.length - records, 0);
    this.#hasLeftEvents = saved + writing > 0 || (this.#hasLeftEvents && !hasSearched);
    for (const record of kept) this.#held.keep(record);
    this.#pause(opened.livedMs);
    const rescued = goesOn ? 0 : this.#losses.rescue(unseen, LOSSES.workerEnded(error.message));
    this.#losses.workerEnded(lost + Math.max(neverAccepted - rescued, 0), error.message, saved, writing);
  }

  #leave(opened: OpenedChannel): void {
    this.#past = addCounts(this.#past, opened.counts);
    this.#state = IDLE;
  }

  /** @param livedMs how long the channel had been open */
  #pause(livedMs?: number): void {
    if (this.#isClosing) return;
    if (hasExitDeliveryBegun()) {
      this.#state = { kind: 'over' };
      return;
    }
    const pause = new RestartPause(this.#backoff.nextPauseMs(livedMs), this.#context.clock, () => {
      this.#state = IDLE;
      if (this.#isAwaited) this.#start();
    });
    this.#state = { kind: 'pausing', pause };
  }

  /** Whether there is something to do for another channel. */
  get #isAwaited(): boolean {
    return !this.#held.isEmpty || this.#hasLeftEvents;
  }

  /** Resolves when the held records are written or lost. */
  async #untilOpen(): Promise<OpenedChannel | undefined> {
    for (;;) {
      const state = this.#state;
      if (state.kind === 'open') return state.opened;
      if (state.kind === 'idle' || state.kind === 'over') return undefined;
      if (state.kind === 'pausing') {
        if (!this.#isAwaited) return undefined;
        await state.pause.over();
      } else if (state.kind === 'opening')
        await undefined; // called by a listener of a report
      else await state.opened.started().catch(() => undefined);
    }
  }

  get #isInProcess(): boolean {
    return this.#channelClass === InProcessChannel;
  }

  #requestCloseAtExit(): void {
    if (this.#isInProcess) return; // It would need this thread's event loop.
    if (!this.#held.isEmpty && this.#state.kind === 'idle') this.#start();
    if (!this.#held.isEmpty && this.#state.kind === 'pausing') this.#state.pause.end();
    if (!('opened' in this.#state)) return;
    const { opened } = this.#state;
    this.#writeHeld(opened);
    opened.channel.atExit?.requestClose();
  }

  #awaitCloseAtExit(reason: 'abandoned' | 'atExit'): void {
    if ('opened' in this.#state) this.#state.opened.channel.atExit?.awaitClose();
    this.#losses.lostAtExit(this.#held.takeAll(), reason);
  }

  /** A listener of 'exit' that runs after ours has logged: there is no later moment to deliver. */
  #writeAtExit(record: LoggedRecord): void {
    this.#held.keep(record);
    this.#requestCloseAtExit();
    this.#awaitCloseAtExit('atExit');
  }
}
