import { clearImmediate, setImmediate } from 'node:timers'; // Node's own, which fake timers in tests do not replace.
import type { Clock } from '../util/clock.js';
import type { LoggedRecord } from './channel.js';
import { decodeFrames, encodeFrame } from './frame-codec.js';
import type { WorkerBackpressure } from './worker-backpressure.js';
import type { WorkerProgress } from './worker-progress.js';
import type { ToWorker, WorkerRequest } from './worker-protocol.js';

/** A worker handles everything it was posted in one turn and answers nothing meanwhile, so it gets no more than this at a time. */
const MAX_UNRECEIVED_BYTES = 4 * 1024 * 1024;

/**
 * How long a record waits for others, so that the worker is not woken for each of them. A record that comes after a longer
 * silence waits until the end of this turn of the event loop only.
 */
const JOIN_MS = 25;

/** The same for records that are urgent. Not 0: of a thousand errors a second, not each should wake the worker. */
const URGENT_JOIN_MS = 5;

/** In UTF-16 code units. Bounds what collects on the heap. */
const MAX_JOINED_LENGTH = 64 * 1024;

interface Message {
  readonly content: ToWorker;
  readonly bytes: number;
}

/** Posts records and requests to a worker, in order, and keeps what the worker has no room for yet. */
export class WorkerOutbox {
  readonly #post: (message: ToWorker) => void;
  readonly #progress: WorkerProgress;
  readonly #backpressure: WorkerBackpressure;
  readonly #clock: Clock;
  /** Frames that go out as one message. */
  #joined = '';
  /** When the first of them was logged. */
  #joinedSince = 0;
  /** When frames last went out, on the monotonic clock. */
  #enqueuedAt = Number.NEGATIVE_INFINITY;
  /** When those in `#joined` go out. */
  #dueAt = Number.POSITIVE_INFINITY;
  #cancelDue: () => void = () => undefined;
  readonly #queue: Message[] = [];
  /** The messages with records that were posted and that the worker has not received yet, in order. */
  readonly #unreceived: Message[] = [];
  #unreceivedBytes = 0;
  /** The last value of `progress.received`. */
  #received = 0;
  #isClosed = false;

  constructor(
    post: (message: ToWorker) => void,
    progress: WorkerProgress,
    backpressure: WorkerBackpressure,
    clock: Clock,
  ) {
    this.#post = post;
    this.#progress = progress;
    this.#backpressure = backpressure;
    this.#clock = clock;
  }

  get isFull(): boolean {
    if (this.#backpressure.isFullWith(this.#joined.length)) this.#releaseReceived();
    return this.#backpressure.isFullWith(this.#joined.length);
  }

  write(...record: LoggedRecord): void {
    const [loggedAt] = record;
    if (this.#joined === '') {
      this.#joinedSince = loggedAt;
      this.#enqueueWithin(JOIN_MS);
    }
    this.#joined += encodeFrame(...record);
    // No timer fires while the application blocks this thread, and it may log meanwhile.
    const isDue = loggedAt - this.#joinedSince >= JOIN_MS;
    if (isDue || this.#joined.length >= MAX_JOINED_LENGTH) this.#enqueueJoined();
  }

  /** Lets what was written wait less for others. */
  expedite(): void {
    if (this.#joined !== '') this.#enqueueWithin(URGENT_JOIN_MS);
  }

  /** Posts a request after every record written before. */
  request(request: WorkerRequest): void {
    this.#enqueueJoined();
    this.#queue.push({ content: request, bytes: 0 });
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
   * Nothing is posted or removed from `backpressure` afterwards.
   * @returns the records that the worker had not begun to receive. Those that it was at may be the reason why it ended.
   */
  close(): LoggedRecord[] {
    if (this.#isClosed) return [];
    this.#releaseReceived();
    const begun = (this.#progress.begun - this.#received) | 0;
    const unseen = [...this.#unreceived.slice(begun), ...this.#queue].map(({ content }) => content);
    const frames = [...unseen, this.#joined].filter((content) => typeof content === 'string');
    this.#isClosed = true;
    this.#cancelDue();
    this.#joined = '';
    this.#queue.length = 0;
    this.#unreceived.length = 0;
    this.#unreceivedBytes = 0;
    return frames.flatMap(decodeFrames);
  }

  /** @param ms since the last time */
  #enqueueWithin(ms: number): void {
    const now = this.#clock.monotonic();
    const dueAt = Math.max(this.#enqueuedAt + ms, now);
    if (dueAt >= this.#dueAt) return;
    this.#cancelDue();
    this.#dueAt = dueAt;
    const enqueue = () => this.#enqueueJoined();
    if (dueAt === now) {
      // Not referenced: while the process ends, a listener of 'beforeExit' that logs would be called again and again. Such an
      // immediate does not wake the event loop, so a timer does.
      const immediate = setImmediate(enqueue).unref();
      const cancel = this.#clock.after(JOIN_MS, enqueue);
      this.#cancelDue = () => {
        clearImmediate(immediate);
        cancel();
      };
    } else this.#cancelDue = this.#clock.after(dueAt - now, enqueue);
  }

  #enqueueJoined(): void {
    const frames = this.#joined;
    if (frames === '' || this.#isClosed) return;
    this.#cancelDue();
    this.#joined = '';
    this.#dueAt = Number.POSITIVE_INFINITY;
    this.#enqueuedAt = this.#clock.monotonic();
    this.#queue.push({ content: frames, bytes: this.#backpressure.add(frames) });
    this.postNext();
  }

  #postUpTo(maxBytes: number): void {
    this.#releaseReceived();
    let posted = 0;
    for (const message of this.#queue) {
      if (this.#unreceivedBytes > maxBytes) break;
      this.#post(message.content);
      posted++;
      if (typeof message.content !== 'string') continue;
      this.#unreceived.push(message);
      this.#unreceivedBytes += message.bytes;
    }
    this.#queue.splice(0, posted);
  }

  #releaseReceived(): void {
    const { received } = this.#progress;
    for (const { bytes } of this.#unreceived.splice(0, (received - this.#received) | 0)) {
      this.#unreceivedBytes -= bytes;
      this.#backpressure.remove(bytes);
    }
    this.#received = received;
  }
}
