import {
  addCounts,
  type Clock,
  type Config,
  type Counts,
  type FinalCounts,
  isOrAre,
  plural,
  type Report,
  type Reporter,
  WorkerBackpressure,
  withTimeout,
} from '@putlogs/core/main-thread';
import { holdUntilExit, isExiting, timeToClose } from './at-exit.js';
import type { Channel, LoggedRecord, OpenChannel } from './channel.js';
import { InProcessChannel } from './in-process-channel.js';
import { WorkerChannel } from './worker-channel.js';
import { ownWorkerInput } from './worker-protocol.js';

/** After a worker that died; twice as long after each further one. */
const FIRST_PAUSE_MS = 1000;
const MAX_PAUSE_MS = 60_000;

/** How long a worker may take to start, when nobody waits for it. */
const START_PATIENCE_MS = 10_000;

/** The same, beyond `closeTimeoutMs`, when it is to be closed: a busy machine takes its time. */
const START_GRACE_MS = 5000;

/** What is known of a channel. */
interface Account {
  readonly openedAt: number;
  /** Records that it took. */
  written: number;
  /** The last that it said. */
  counts: Counts;
}

interface Opened extends Account {
  readonly channel: Channel;
}

type State =
  /** The next record opens a channel. */
  | { readonly kind: 'idle' }
  /** A channel is being made. It may report meanwhile, and a listener may log. */
  | { readonly kind: 'opening' }
  /** Records are held until the channel has started. */
  | { readonly kind: 'starting'; readonly opened: Opened }
  | { readonly kind: 'open'; readonly opened: Opened }
  /** Records are held until the pause is over. */
  | { readonly kind: 'pausing'; readonly cancel: () => void }
  /** The process exits, and the channel broke: there is no time for another one. */
  | { readonly kind: 'over' };

const IDLE: State = { kind: 'idle' };

interface Context {
  readonly config: Config;
  readonly clock: Clock;
  /** For what is lost on this side. */
  readonly reporter: Reporter;
  report(report: Report): void;
}

/**
 * A way to a pipeline that goes on when the pipeline's thread ends: a worker that dies is replaced after a pause, and where
 * none can start, the pipeline runs on this thread. Records that no pipeline has taken yet are held meanwhile.
 */
export class RestartingChannel {
  readonly #context: Context;
  readonly #backpressure: WorkerBackpressure;
  readonly #none: Counts;
  #openChannel: OpenChannel;
  #state: State = IDLE;
  #held: LoggedRecord[] = [];
  /** Channels in a row that did not live for long. */
  #failures = 0;
  /** Of the channels that ended. */
  #past: Counts;
  #isClosing = false;
  readonly #release: () => void;

  constructor(useWorker: boolean, context: Context, none: Counts) {
    this.#context = context;
    this.#none = none;
    this.#past = none;
    this.#backpressure = new WorkerBackpressure(context.config.maxBufferBytes, context.reporter);
    this.#openChannel = useWorker ? WorkerChannel : InProcessChannel;
    this.#release = holdUntilExit({
      requestClose: () => this.#requestCloseAtExit(),
      awaitClose: () => this.#awaitCloseAtExit(),
    });
  }

  /** What became of the events, as of the last report. */
  get counts(): Counts {
    return 'opened' in this.#state ? addCounts(this.#past, this.#state.opened.counts) : this.#past;
  }

  write(...record: LoggedRecord): void {
    if (ownWorkerInput() !== undefined) this.#dropInOwnWorker();
    else if (isExiting()) this.#writeAtExit(record);
    else if (this.#state.kind === 'open') this.#writeTo(this.#state.opened, record);
    else {
      this.#hold(record);
      if (this.#state.kind === 'idle') this.#start();
    }
  }

  /** Resolves when all that was written before is settled. Never rejects. */
  async flush(): Promise<void> {
    const opened = await this.#opening();
    await opened?.channel.flush();
  }

  /** Delivers for at most `closeTimeoutMs`, and ends the pipeline. Nothing is written after it. Never rejects. */
  async close(): Promise<void> {
    this.#isClosing = true;
    const { config, clock } = this.#context;
    await withTimeout(timeToClose(config.closeTimeoutMs) + START_GRACE_MS, clock, this.#opening());
    const state = this.#state;
    if (state.kind === 'open') await state.opened.channel.close();
    else if (state.kind === 'starting') {
      this.#end(state.opened);
      this.#lose(this.#held.splice(0).length, 'it is stuck');
      state.opened.channel.abandon();
    }
    if ('opened' in this.#state) this.#end(this.#state.opened);
    this.#release();
  }

  #writeTo(opened: Opened, record: LoggedRecord): void {
    if (opened.channel.isFull) this.#backpressure.drop();
    else {
      opened.channel.write(...record);
      opened.written++;
    }
  }

  #hold(record: LoggedRecord): void {
    if (this.#backpressure.isFull) this.#backpressure.drop();
    else {
      const [, message] = record;
      this.#backpressure.add(message);
      this.#held.push(record);
    }
  }

  #start(): void {
    const { config, clock, report } = this.#context;
    const account: Account = { openedAt: clock.monotonic(), written: 0, counts: this.#none };
    this.#state = { kind: 'opening' };
    let channel: Channel;
    try {
      channel = new this.#openChannel({
        config,
        clock,
        backpressure: this.#backpressure,
        report: (said) => {
          account.counts = said.counts;
          report(said);
        },
        broken: (error, final) => this.#broken(opened, error, final),
      });
    } catch (error) {
      // Threads are not allowed here, or a bundle does not know where its files are.
      this.#cannotStart(error as Error);
      return;
    }
    const opened: Opened = Object.assign(account, { channel });
    this.#state = { kind: 'starting', opened };
    if (channel.started === undefined) this.#hasStarted(opened);
    else void this.#awaitStart(opened, channel.started);
  }

  async #awaitStart(opened: Opened, started: Promise<void>): Promise<void> {
    try {
      const hasStarted = started.then(() => true);
      if (await withTimeout(START_PATIENCE_MS, this.#context.clock, hasStarted)) this.#hasStarted(opened);
      else if (this.#isStarting(opened)) {
        opened.channel.abandon();
        this.#cannotStart(new Error(`it has not started in ${START_PATIENCE_MS / 1000} seconds`));
      }
    } catch (error) {
      if (this.#isStarting(opened)) this.#cannotStart(error as Error);
    }
  }

  #isStarting(opened: Opened): boolean {
    return this.#state.kind === 'starting' && this.#state.opened === opened;
  }

  #hasStarted(opened: Opened): void {
    if (!this.#isStarting(opened)) return;
    this.#state = { kind: 'open', opened };
    this.#handOverHeld(opened);
  }

  #handOverHeld(opened: Opened): void {
    this.#backpressure.clear();
    for (const record of this.#held.splice(0)) {
      opened.channel.write(...record);
      opened.written++;
    }
  }

  #cannotStart(error: Error): void {
    this.#state = IDLE;
    if (this.#openChannel === WorkerChannel && !isExiting()) {
      this.#context.reporter.problem(
        'worker',
        `No worker thread can be started, so that the work is done on this thread from now on. If this is a bundle, keep @putlogs/winston out of it (Next.js: serverExternalPackages; webpack and esbuild: externals), or set worker: false. (${error.message})`,
      );
      this.#openChannel = InProcessChannel;
      this.#start();
    } else {
      this.#lose(this.#held.splice(0).length, error.message);
      this.#pause();
    }
  }

  /** Nothing of ours should end a worker; out of memory, for example, can. */
  #broken(opened: Opened, error: Error, { counts, lost, saved, records }: FinalCounts): void {
    if (!('opened' in this.#state) || this.#state.opened !== opened) return;
    opened.counts = counts;
    this.#end(opened);
    this.#backpressure.clear();
    // A record that the worker accepted counts as its events, as ever; how many the others would have become nobody knows.
    this.#lose(lost + opened.written - records, error.message, saved);
    if (this.#context.clock.monotonic() - opened.openedAt >= MAX_PAUSE_MS) this.#failures = 0;
    if (!this.#isClosing) this.#pause();
  }

  #end(opened: Opened): void {
    this.#past = addCounts(this.#past, opened.counts);
    this.#state = IDLE;
  }

  #pause(): void {
    if (isExiting()) {
      this.#state = { kind: 'over' };
      return;
    }
    const ms = Math.min(FIRST_PAUSE_MS * 2 ** this.#failures, MAX_PAUSE_MS);
    this.#failures++;
    this.#state = { kind: 'pausing', cancel: this.#context.clock.after(ms, () => this.#endPause()) };
  }

  #endPause(): void {
    if (this.#state.kind !== 'pausing') return;
    this.#state.cancel();
    this.#state = IDLE;
    if (this.#held.length > 0) this.#start();
  }

  /** Resolves when what is held has been handed over, or is lost. The pause after a failure is not waited for. */
  async #opening(): Promise<Opened | undefined> {
    for (;;) {
      const state = this.#state;
      if (state.kind === 'open') return state.opened;
      if (state.kind === 'idle' || state.kind === 'over') return undefined;
      if (state.kind === 'pausing') this.#endPause();
      else if (state.kind === 'opening')
        await undefined; // on the stack of a report
      else await state.opened.channel.started?.catch(() => undefined);
    }
  }

  #requestCloseAtExit(): void {
    if (this.#held.length > 0 && (this.#state.kind === 'idle' || this.#state.kind === 'pausing'))
      this.#start();
    if (!('opened' in this.#state)) return;
    const { opened } = this.#state;
    if (opened.channel.atExit === undefined) return;
    this.#handOverHeld(opened);
    opened.channel.atExit.requestClose();
  }

  #awaitCloseAtExit(): void {
    if ('opened' in this.#state) this.#state.opened.channel.atExit?.awaitClose();
    this.#loseAtExit(this.#held.splice(0).length);
  }

  /** What a listener logs that comes after ours: there is no later moment. */
  #writeAtExit(record: LoggedRecord): void {
    const needsEventLoop = 'opened' in this.#state && this.#state.opened.channel.atExit === undefined;
    if (this.#state.kind === 'over' || needsEventLoop) this.#loseAtExit(1);
    else {
      this.#held.push(record);
      this.#requestCloseAtExit();
      this.#awaitCloseAtExit();
    }
  }

  /** @param saved events that the spool has */
  #lose(events: number, why: string, saved = 0): void {
    const { reporter } = this.#context;
    const rest = saved === 0 ? '' : ` The spool has ${plural(saved, 'event', 'events')}, to be sent later.`;
    if (events === 0) {
      reporter.problem('worker', `The worker thread ended (${why}). Nothing was lost.${rest}`);
      return;
    }
    reporter.accept(events);
    reporter.drop('workerEnded', events);
    reporter.loss(
      'worker',
      events,
      (all) => `The worker thread ended (${why}). ${plural(all, 'event was', 'events were')} lost.${rest}`,
    );
    if (isExiting()) reporter.close();
  }

  #loseAtExit(records: number): void {
    if (records === 0) return;
    const { reporter } = this.#context;
    reporter.accept(records);
    reporter.drop('closed', records);
    reporter.loss(
      'logged-after-close',
      records,
      (all) =>
        `${plural(all, 'record was', 'records were')} logged as the process exited, too late to be delivered, and ${isOrAre(all)} lost.`,
    );
    // What is withheld now would never be told.
    reporter.close();
  }

  /**
   * A module that is preloaded runs in our worker as well. A logger that it sets up there would open a worker, which sets
   * up a logger: without end. And its records may be about our own requests.
   */
  #dropInOwnWorker(): void {
    const { reporter } = this.#context;
    reporter.accept(1);
    reporter.drop('workerEnded', 1);
    reporter.loss(
      'worker',
      1,
      (all) =>
        `${plural(all, 'record was', 'records were')} logged in the worker thread of a transport, by a module that is preloaded there too, and ${isOrAre(all)} dropped. Set the logger up where isMainThread of node:worker_threads is true.`,
    );
  }
}
