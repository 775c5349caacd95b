import { acquireBuffer, BATCH_BUFFER_BYTES, releaseBuffer } from './buffer-pool.js';
import { type EventTime, headOf, type LogEvent } from './log-event.js';

/** Between two events: legal JSON, and found in no event, since JSON text escapes newlines. */
export const SEPARATOR = ',\n';

const INITIAL_BYTES = 1024;
/** With less of it in use, what is finished moves to memory of its own. */
const MIN_FILL = 0.6;
/** What an event takes beside its message: names, timestamp, brace, separator. */
const FRAME_BYTES = 64;

const SPACE = 0x20;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

const TAIL = Buffer.from(`}${SEPARATOR}`);

/**
 * The elements of `logEvents` as they are sent: JSON in UTF-8, written as the events come. It leaves neither strings
 * nor objects behind, which would cost more to collect than to write.
 */
export class JsonPayload {
  #bytes: Buffer;
  /** With a separator behind each event. */
  #length = 0;
  #taken = 0;
  /** Somebody may look at it for longer than the batch lives. */
  #isHandedOut = false;
  /** Many events share a millisecond. */
  #head: EventTime & { readonly bytes: Buffer } = {
    timestamp: -1,
    source: 'settled',
    bytes: Buffer.alloc(0),
  };

  /** @param followsFull whether it is likely to be full, and need not grow */
  constructor(followsFull = false) {
    this.#bytes = followsFull ? acquireBuffer() : Buffer.allocUnsafeSlow(INITIAL_BYTES);
  }

  /**
   * The bytes of all events. There is room for more: for 1 KiB at first, then for four times as much at most, or for a
   * full batch.
   */
  get length(): number {
    return Math.max(this.#length - SEPARATOR.length, 0);
  }

  append(event: LogEvent): void {
    const { message } = event;
    this.#makeRoom(FRAME_BYTES + 2 * message.length);
    this.#write(this.#headFor(event));
    if (!this.#writeEscaped(message)) this.#writeJson(message.toString());
    this.#write(TAIL);
  }

  /**
   * What was appended since it was asked for before: each event a line, `{"timestamp":…,"message":"…"},`. Never
   * overwritten.
   */
  drainNew(): Buffer {
    const fresh = this.#bytes.subarray(this.#taken, this.#length);
    this.#taken = this.#length;
    // A view, unless it is a little of what it would keep in memory for as long as the disk takes.
    if (fresh.length < this.#bytes.length >> 6) return ownCopy(fresh);
    this.#isHandedOut = true;
    return fresh;
  }

  /** The same for everything that was appended. */
  takeAll(): Buffer {
    this.#taken = 0;
    return this.drainNew();
  }

  /** Everything that was appended. Nothing is appended any more. */
  finish(): Buffer {
    const memory = this.#bytes;
    // A view keeps all of its memory.
    if (this.#length < MIN_FILL * memory.length) {
      this.#bytes = ownCopy(memory.subarray(0, this.#length));
      if (!this.#isHandedOut) releaseBuffer(memory);
    }
    return this.#bytes.subarray(0, this.length);
  }

  #headFor({ timestamp, source }: EventTime): Buffer {
    if (timestamp !== this.#head.timestamp || source !== this.#head.source)
      this.#head = { timestamp, source, bytes: Buffer.from(headOf({ timestamp, source })) };
    return this.#head.bytes;
  }

  #write(bytes: Buffer): void {
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /**
   * As JSON.stringify, at a fraction of its price, for a message without control characters.
   * @returns false, having written nothing, when there is one
   */
  #writeEscaped(message: Buffer): boolean {
    const bytes = this.#bytes;
    const { length } = message;
    let to = this.#length;
    bytes[to++] = QUOTE;
    for (let from = 0; from < length; from++) {
      const byte = message[from] as number; // within the message
      if (byte === QUOTE || byte === BACKSLASH) bytes[to++] = BACKSLASH;
      else if (byte < SPACE) return false;
      bytes[to++] = byte;
    }
    bytes[to++] = QUOTE;
    this.#length = to;
    return true;
  }

  #writeJson(message: string): void {
    const json = JSON.stringify(message);
    this.#makeRoom(FRAME_BYTES + Buffer.byteLength(json));
    this.#length += this.#bytes.write(json, this.#length);
  }

  #makeRoom(bytes: number): void {
    const { length } = this.#bytes;
    const needed = this.#length + bytes;
    if (needed <= length) return;
    const grown = roomFor(needed, length);
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }
}

/** In few steps to what a full batch commonly takes, since memory that is let go of at once costs most. */
function roomFor(needed: number, before: number): Buffer {
  if (needed > BATCH_BUFFER_BYTES) return acquireBuffer(Math.max(needed, Math.ceil(1.25 * before)));
  const more = Math.max(needed, 4 * before);
  return more < BATCH_BUFFER_BYTES ? Buffer.allocUnsafeSlow(more) : acquireBuffer();
}

function ownCopy(bytes: Buffer): Buffer {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(copy);
  return copy;
}
