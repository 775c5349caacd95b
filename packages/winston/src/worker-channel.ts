import type { Worker } from 'node:worker_threads';
import type { Behind, Config } from '@awslogs/core/main-thread';
import onExit from 'on-exit-leak-free';
import ThreadStream from 'thread-stream';
import type { Channel, ChannelEvents } from './channel.js';
import { CLOSE, encodeFrame } from './frame.js';

/** thread-stream's types leave these out. */
type Stream = ThreadStream & {
  ref(): void;
  unref(): void;
  readonly ready: boolean;
  readonly destroyed: boolean;
  readonly worker: Worker;
  readonly closed: boolean;
};

/** thread-stream ends the worker of a stream that was garbage collected, with all that it has not delivered. */
const open = new Set<WorkerChannel>();

/** What a worker may take beyond `closeTimeoutMs`: for its last writes, and to be heard. */
const GRACE_MS = 1000;

/** And one that has not started yet: on a busy machine that takes its time. */
const GRACE_AT_START_MS = 5000;

/** Hardly anything in the worker lives long: with V8's 48 MB it takes more memory, and no less time. */
const WORKER_YOUNG_MB = 8;

/** In characters: no more than so many wait on the heap for the event loop to turn. */
const MAX_JOINED_LENGTH = 64 * 1024;

/** To a pipeline in a worker thread. This side never loads the AWS SDK. */
export class WorkerChannel implements Channel {
  readonly #stream: Stream;
  readonly #behind: Behind;
  readonly #closeTimeoutMs: number;
  readonly #broken: ChannelEvents['broken'];
  /** Frames that the stream gets in one piece, when the event loop turns at the latest: each piece has its price. */
  #joined = '';
  #closing = false;
  /** Everything is delivered, and the stream ends because we want it to. */
  #delivered = false;

  constructor(config: Config, behind: Behind, { report, broken }: ChannelEvents) {
    const stream = new ThreadStream({
      filename: new URL('./worker.js', import.meta.url).href,
      workerData: { config },
      workerOpts: { resourceLimits: { maxYoungGenerationSizeMb: WORKER_YOUNG_MB } },
    }) as Stream;
    this.#stream = stream;
    this.#behind = behind;
    this.#closeTimeoutMs = config.closeTimeoutMs;
    this.#broken = broken;
    open.add(this);
    // Each flush that is under way listens to 'close'.
    stream.setMaxListeners(0);
    stream.on('report', report);
    stream.on('drain', () => behind.clear());
    stream.on('error', broken);
    stream.once('delivered', () => {
      this.#delivered = true;
    });
    // Until it has started, the worker keeps the process alive; then it no longer does.
    stream.once('ready', () => {
      if (!this.#closing) stream.unref();
    });
    // At exit no event loop runs any more: end() stands still until the worker has delivered. Pino does the same.
    onExit.register(stream, () => this.#endAtExit());
    stream.once('close', () => {
      open.delete(this);
      onExit.unregister(stream);
      // A worker may end without an error, too.
      if (!this.#delivered) broken(new Error('it was terminated'));
    });
  }

  write(timestamp: number, message: string): void {
    if (this.#joined === '') setImmediate(() => this.#handOver());
    this.#joined += encodeFrame(timestamp, message);
    if (this.#joined.length >= MAX_JOINED_LENGTH) this.#handOver();
  }

  /** Comes before all that is asked of the stream, so that this is asked after every record. */
  #handOver(): void {
    const joined = this.#joined;
    if (joined === '') return;
    this.#joined = '';
    if (!this.#stream.write(joined)) this.#behind.add(joined);
  }

  flush(): Promise<void> {
    const stream = this.#stream;
    this.#handOver();
    return new Promise((resolve) => {
      const done = () => {
        stream.off('close', done);
        resolve();
      };
      // An error is that of a broken channel. It has an event of its own, which comes before 'close'.
      stream.flush((error) => {
        if (!error || stream.closed) done();
      });
      // thread-stream waits for ever for a worker that ended before it had read everything.
      stream.once('close', done);
    });
  }

  async close(): Promise<void> {
    const stream = this.#stream;
    if (stream.destroyed) return;
    stream.ref();
    let tooLate: NodeJS.Timeout | undefined;
    const hasEnded = await new Promise<boolean>((resolve) => {
      const graceMs = stream.ready ? GRACE_MS : GRACE_AT_START_MS;
      tooLate = setTimeout(() => resolve(false), this.#closeTimeoutMs + graceMs);
      stream.once('delivered', () => resolve(true));
      stream.once('close', () => resolve(true));
      this.#beginToClose();
    });
    clearTimeout(tooLate);
    // Returns at once now: the worker has nothing left to deliver.
    if (hasEnded) stream.end();
    else this.#giveUp(new Error('it is stuck'));
  }

  #giveUp(error: Error): void {
    this.#broken(error);
    void this.#stream.worker.terminate();
  }

  #endAtExit(): void {
    try {
      // All workers deliver while this one is waited for.
      for (const channel of open) {
        channel.#beginToClose();
        channel.#stream.flushSync();
      }
      this.#stream.end();
    } catch (error) {
      this.#broken(error as Error);
    }
  }

  #beginToClose(): void {
    if (this.#closing || this.#stream.destroyed) return;
    this.#closing = true;
    this.#handOver();
    this.#stream.write(encodeFrame(CLOSE, ''));
  }
}
