import { acquireBuffer, BATCH_BUFFER_BYTES, releaseBuffer } from './buffer-pool.js';
import { type EventTime, headOf, type LogEvent } from './log-event.js';

/** Separates two events. It occurs in no event, since JSON escapes newlines. */
export const SEPARATOR = ',\n';

const INITIAL_BYTES = 1024;
/** If less than this share of the buffer is used, the finished payload moves to a smaller one. */
const MIN_FILL = 0.6;
/** The most bytes that an event takes besides its message: property names, timestamp, quotes, brace and separator. */
const FRAME_BYTES = 64;

const SPACE = 0x20;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

const TAIL = Buffer.from(`}${SEPARATOR}`);

/**
 * The elements of `logEvents` as they are sent: JSON in UTF-8, written as events arrive. It creates no strings or objects per
 * event, since collecting them would cost more than writing the JSON.
 */
export class JsonPayload {
  #bytes: Buffer;
  /** Includes the separator after each event. */
  #length = 0;
  #drained = 0;
  /** Whether others hold views of the buffer, so that it must not be reused. */
  #isShared = false;
  /** The last head is reused, since many events share a millisecond. */
  #head: EventTime & { readonly bytes: Buffer } = {
    timestamp: -1,
    source: 'final',
    bytes: Buffer.alloc(0),
  };

  /** @param expectFull allocates a full buffer at once */
  constructor(expectFull = false) {
    this.#bytes = expectFull ? acquireBuffer() : Buffer.allocUnsafeSlow(INITIAL_BYTES);
  }

  /** The size of the JSON of all events, in bytes. The buffer may be larger. */
  get length(): number {
    return Math.max(this.#length - SEPARATOR.length, 0);
  }

  /** @throws if there is no memory for it; the payload is then unchanged */
  append(event: LogEvent): void {
    const { message } = event;
    const start = this.#length;
    this.#reserve(FRAME_BYTES + 2 * message.length);
    this.#write(this.#headFor(event));
    if (!this.#writeEscaped(message)) {
      this.#length = start;
      this.#writeJson(event);
    }
    this.#write(TAIL);
  }

  /**
   * The events that were appended since the last call, each on a line: `{"timestamp":…,"message":"…"},`. The bytes are never
   * overwritten.
   */
  drainNew(): Buffer {
    const added = this.#bytes.subarray(this.#drained, this.#length);
    this.#drained = this.#length;
    // A small view would keep the whole buffer in memory until the disk has written it.
    if (added.length < this.#bytes.length >> 6) return copyOf(added);
    this.#isShared = true;
    return added;
  }

  /** All events, in the same form. */
  takeAll(): Buffer {
    this.#drained = 0;
    return this.drainNew();
  }

  /** The JSON of all events. Nothing may be appended afterwards. */
  finish(): Buffer {
    const buffer = this.#bytes;
    if (this.#length < MIN_FILL * buffer.length) {
      this.#bytes = copyOf(buffer.subarray(0, this.#length));
      if (!this.#isShared) releaseBuffer(buffer);
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
   * Writes a message without control characters as JSON.stringify would, but much faster.
   * @returns false when the message has control characters; nothing is written then
   */
  #writeEscaped(message: Buffer): boolean {
    const bytes = this.#bytes;
    const { length } = message;
    let to = this.#length;
    bytes[to++] = QUOTE;
    for (let from = 0; from < length; from++) {
      const byte = message[from] as number; // within bounds
      if (byte === QUOTE || byte === BACKSLASH) bytes[to++] = BACKSLASH;
      else if (byte < SPACE) return false;
      bytes[to++] = byte;
    }
    bytes[to++] = QUOTE;
    this.#length = to;
    return true;
  }

  /** Writes an event up to its tail. */
  #writeJson(event: LogEvent): void {
    const json = JSON.stringify(event.message.toString());
    this.#reserve(FRAME_BYTES + Buffer.byteLength(json));
    this.#write(this.#headFor(event));
    this.#length += this.#bytes.write(json, this.#length);
  }

  #reserve(bytes: number): void {
    const { length } = this.#bytes;
    const needed = this.#length + bytes;
    if (needed <= length) return;
    const grown = allocate(needed, length);
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }
}

/** Grows in few steps to the size of a full batch, since short-lived buffers cost most. */
function allocate(needed: number, currentBytes: number): Buffer {
  if (needed > BATCH_BUFFER_BYTES) return acquireBuffer(Math.max(needed, Math.ceil(1.25 * currentBytes)));
  const bytes = Math.max(needed, 4 * currentBytes);
  return bytes < BATCH_BUFFER_BYTES ? Buffer.allocUnsafeSlow(bytes) : acquireBuffer();
}

function copyOf(bytes: Buffer): Buffer {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(copy);
  return copy;
}
