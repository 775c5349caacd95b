import { setImmediate } from 'node:timers'; // Node's own, which fake timers in tests do not replace.
import type { LoggedRecord } from './channel.js';
import { encodeFrame } from './frame-codec.js';
import type { WorkerBackpressure } from './worker-backpressure.js';
import type { WorkerProgress } from './worker-progress.js';
import type { ToWorker, WorkerRequest } from './worker-protocol.js';

/** A worker handles everything it was posted in one turn and answers nothing meanwhile, so it gets no more than this at a time. */
const MAX_UNRECEIVED_BYTES = 4 * 1024 * 1024;

/** In UTF-16 code units. Bounds what collects on the heap within one turn of the event loop. */
const MAX_JOINED_LENGTH = 64 * 1024;

/** Posts records and requests to a worker, in order, and keeps what the worker has no room for yet. */
export class WorkerOutbox {
  readonly #post: (message: ToWorker) => void;
  readonly #progress: WorkerProgress;
  readonly #backpressure: WorkerBackpressure;
  /** Frames that go out as one message, at the end of this turn of the event loop at the latest: each message costs time. */
  #joined = '';
  readonly #queue: { readonly message: ToWorker; readonly bytes: number }[] = [];
  /** The sizes of the messages with records that the worker has not received yet, in order. */
  readonly #unreceived: number[] = [];
  #unreceivedBytes = 0;
  /** The last value of `progress.received`. */
  #received = 0;
  #isClosed = false;

  constructor(post: (message: ToWorker) => void, progress: WorkerProgress, backpressure: WorkerBackpressure) {
    this.#post = post;
    this.#progress = progress;
    this.#backpressure = backpressure;
  }

  get isFull(): boolean {
    if (this.#backpressure.isFull) this.#releaseReceived();
    return this.#backpressure.isFull;
  }

  write(...record: LoggedRecord): void {
    if (this.#joined === '') setImmediate(() => this.#enqueueJoined());
    this.#joined += encodeFrame(...record);
    if (this.#joined.length >= MAX_JOINED_LENGTH) this.#enqueueJoined();
  }

  /** Posts a request after every record written before. */
  request(request: WorkerRequest): void {
    this.#enqueueJoined();
    this.#queue.push({ message: request, bytes: 0 });
    this.postNext();
  }

  /** Posts what the worker has room for; the worker asks for the rest. */
  postNext(): void {
    this.#postUpTo(MAX_UNRECEIVED_BYTES);
    if (this.#queue.length === 0) return;
    this.#progress.askForNotice();
    // The worker may have received everything before it could see the request for a notice.
    this.#postUpTo(MAX_UNRECEIVED_BYTES);
  }

  /** Posts everything: the worker cannot ask for more once this thread blocks. */
  postAll(): void {
    this.#postUpTo(Number.POSITIVE_INFINITY);
  }

  /**
   * Drops what is not posted, which the owner counts as lost. Nothing is posted or removed from `backpressure` afterwards.
   */
  close(): void {
    this.#isClosed = true;
    this.#queue.length = 0;
    this.#unreceived.length = 0;
    this.#unreceivedBytes = 0;
  }

  #enqueueJoined(): void {
    const frames = this.#joined;
    this.#joined = '';
    if (frames === '' || this.#isClosed) return;
    this.#queue.push({ message: frames, bytes: this.#backpressure.add(frames) });
    this.postNext();
  }

  #postUpTo(maxBytes: number): void {
    this.#releaseReceived();
    let posted = 0;
    for (const { message, bytes } of this.#queue) {
      if (this.#unreceivedBytes > maxBytes) break;
      this.#post(message);
      posted++;
      if (typeof message !== 'string') continue;
      this.#unreceived.push(bytes);
      this.#unreceivedBytes += bytes;
    }
    this.#queue.splice(0, posted);
  }

  #releaseReceived(): void {
    const { received } = this.#progress;
    for (const bytes of this.#unreceived.splice(0, (received - this.#received) | 0)) {
      this.#unreceivedBytes -= bytes;
      this.#backpressure.remove(bytes);
    }
    this.#received = received;
  }
}
