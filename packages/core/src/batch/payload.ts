import type { LogEvent } from './event.js';
import { EVENT_OVERHEAD_BYTES, MAX_BATCH_BYTES } from './limits.js';

/** Between two events: legal JSON, and found in no event, since JSON text escapes newlines. */
export const SEPARATOR = ',\n';

const INITIAL_BYTES = 8192;
/** Of a full batch: its accounted bytes, less 26 for each event, more for names and escapes. */
const COMMON_BYTES = 1.25 * MAX_BATCH_BYTES;
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
export class Payload {
  #bytes = Buffer.allocUnsafeSlow(INITIAL_BYTES);
  /** With a separator behind each event. */
  #length = 0;
  #begin = 0;
  /** Many events share a millisecond. */
  #head = { timestamp: -1, bytes: Buffer.alloc(0) };

  /** The bytes of all events. Their room is at most four times as much, and hardly more where there are many. */
  get length(): number {
    return Math.max(this.#length - SEPARATOR.length, 0);
  }

  /** The JSON of the last event, `{"timestamp":…,"message":"…"}`, without a raw newline: a view, never overwritten. */
  get last(): Buffer {
    return this.#bytes.subarray(this.#begin, this.length);
  }

  append({ timestamp, message, bytes }: LogEvent): void {
    const size = bytes - EVENT_OVERHEAD_BYTES;
    this.#makeRoom(FRAME_BYTES + 2 * size);
    this.#begin = this.#length;
    this.#write(this.#headFor(timestamp));
    if (!this.#writeEscaped(message, size)) this.#writeJson(message);
    this.#write(TAIL);
  }

  /** Everything that was appended. Nothing is appended any more. */
  finish(): Buffer {
    const all = this.#bytes.subarray(0, this.length);
    // A view keeps the whole in memory.
    return all.length < this.#bytes.length - (this.#bytes.length >> 3) ? ownCopy(all) : all;
  }

  #headFor(timestamp: number): Buffer {
    if (timestamp !== this.#head.timestamp)
      this.#head = { timestamp, bytes: Buffer.from(`{"timestamp":${timestamp},"message":`) };
    return this.#head.bytes;
  }

  #write(bytes: Buffer): void {
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /**
   * As JSON.stringify, at half its price, for a message without control characters. The message is written to the end
   * of its room, and moves to the front while quotes and backslashes are escaped: that can never overtake.
   * @returns false, having written nothing, when there is a control character
   */
  #writeEscaped(message: string, size: number): boolean {
    const bytes = this.#bytes;
    let to = this.#length;
    let from = to + 1 + size;
    const end = from + bytes.write(message, from);
    bytes[to++] = QUOTE;
    while (from < end) {
      const byte = bytes[from++] as number; // within the buffer
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

  /** In few steps to what a full batch commonly takes, since memory that is given back at once costs most. */
  #makeRoom(bytes: number): void {
    const { length } = this.#bytes;
    const needed = this.#length + bytes;
    if (needed <= length) return;
    const more = Math.min(4 * length, COMMON_BYTES);
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, more, length + (length >> 2)));
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }
}

function ownCopy(bytes: Buffer): Buffer {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(copy);
  return copy;
}
