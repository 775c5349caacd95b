import { clearImmediate, setImmediate } from 'node:timers'; // Node's own, which fake timers in tests do not replace.
import type { Clock } from '../util/clock.js';
import type { LoggedRecord } from './channel.js';
import { decodeFrames, FrameBuffer } from './frame-codec.js';
import { FrameMemory } from './frame-memory.js';
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

/** The same for records that are urgent. Not 0: a thousand errors a second should not each wake the worker. */
const URGENT_JOIN_MS = 5;

/** Frames that go out as one message take no more than this, unless a single one does. */
const MAX_JOINED_BYTES = 256 * 1024;

/** Frames that go out as one message. */
interface Frames {
  readonly frames: Uint8Array;
  /** How much they count against the bound. */
  readonly bytes: number;
}

/** Posts records and requests to a worker, in order, and keeps what the worker has no room for yet. */
export class WorkerOutbox {
  readonly #post: (message: ToWorker) => void;
  readonly #progress: WorkerProgress;
  readonly #backpressure: WorkerBackpressure;
  readonly #clock: Clock;
  /** Frames that go out as one message soon. */
  readonly #joined = new FrameBuffer(MAX_JOINED_BYTES);
  readonly #memory = new FrameMemory(MAX_JOINED_BYTES, MAX_UNRECEIVED_BYTES / MAX_JOINED_BYTES);
  /** When the first of them was logged. */
  #joinedSince = 0;
  /** When frames last went out, on the monotonic clock. */
  #enqueuedAt = Number.NEGATIVE_INFINITY;
  /** When those in `#joined` go out. */
  #dueAt = Number.POSITIVE_INFINITY;
  #cancelDue: () => void = () => undefined;
  readonly #queue: (Frames | WorkerRequest)[] = [];
  /** Those that were posted and that the worker has not received yet, in order. */
  readonly #unreceived: Frames[] = [];
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

  write(record: LoggedRecord): void {
    if (this.#join(record)) return;
    this.#enqueueJoined();
    if (!this.#join(record)) this.#enqueue(FrameBuffer.frameOf(record));
  }

  /** @returns whether there was room */
  #join(record: LoggedRecord): boolean {
    const [loggedAt] = record;
    const isFirst = this.#joined.length === 0;
    if (!this.#joined.add(record)) return false;
    if (isFirst) {
      this.#joinedSince = loggedAt;
      this.#enqueueWithin(JOIN_MS);
    }
    // No timer fires while the application blocks this thread, and it may log meanwhile.
    if (loggedAt - this.#joinedSince >= JOIN_MS) this.#enqueueJoined();
    return true;
  }

  /** Shortens the time for which what was written waits for others. */
  expedite(): void {
    if (this.#joined.length > 0) this.#enqueueWithin(URGENT_JOIN_MS);
  }

  /** Posts a request after every record written before. */
  request(request: WorkerRequest): void {
    this.#enqueueJoined();
    this.#queue.push(request);
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
   * Nothing is posted afterwards, its share of `backpressure` is given back, and the worker begins with nothing more.
   * @returns the records that the worker had not begun to receive. Those that it was working on may be the reason why it ended.
   */
  close(): LoggedRecord[] {
    if (this.#isClosed) return [];
    this.#isClosed = true;
    this.#cancelDue();
    this.#progress.stop();
    const begun = (this.#progress.begun - this.#received) | 0;
    const queued = this.#queue.splice(0).filter((message) => 'frames' in message);
    const unreceived = this.#unreceived.splice(0);
    for (const { bytes } of [...unreceived, ...queued]) this.#backpressure.remove(bytes);
    const unseen = [...unreceived.slice(begun), ...queued].map(({ frames }) => frames);
    return [...unseen, this.#joined.frames].flatMap(recordsIn);
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
    if (this.#joined.length === 0 || this.#isClosed) return;
    this.#cancelDue();
    this.#dueAt = Number.POSITIVE_INFINITY;
    this.#enqueuedAt = this.#clock.monotonic();
    this.#releaseReceived();
    const frames = this.#memory.copy(this.#joined.frames);
    this.#joined.clear();
    this.#enqueue(frames);
  }

  #enqueue(frames: Uint8Array): void {
    this.#queue.push({ frames, bytes: this.#backpressure.add(frames) });
    this.postNext();
  }

  #postUpTo(maxBytes: number): void {
    this.#releaseReceived();
    let posted = 0;
    for (const message of this.#queue) {
      if (this.#unreceivedBytes > maxBytes) break;
      posted++;
      if ('frames' in message) {
        this.#post(message.frames);
        this.#unreceived.push(message);
        this.#unreceivedBytes += message.bytes;
      } else this.#post(message);
    }
    this.#queue.splice(0, posted);
  }

  #releaseReceived(): void {
    const { received } = this.#progress;
    for (const { frames, bytes } of this.#unreceived.splice(0, (received - this.#received) | 0)) {
      this.#unreceivedBytes -= bytes;
      this.#backpressure.remove(bytes);
      this.#memory.release(frames);
    }
    this.#received = received;
  }
}

function recordsIn(frames: Uint8Array): LoggedRecord[] {
  const records: LoggedRecord[] = [];
  decodeFrames(frames, (loggedAt, message, ...rest) => records.push([loggedAt, message.toString(), ...rest]));
  return records;
}
