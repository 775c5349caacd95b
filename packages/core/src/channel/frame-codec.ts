import type { LoggedRecord } from './channel.js';

/**
 * A record becomes a frame: four numbers (`loggedAt`, `recordTime` or 0, `omittedBytes` and `level`, and the size of the message in
 * bytes), the message in UTF-8 (a lone surrogate becomes U+FFFD), and up to 7 more bytes, so that the numbers of the next frame are
 * aligned.
 */
const HEAD_NUMBERS = 4;
const NUMBER_BYTES = Float64Array.BYTES_PER_ELEMENT;
const HEAD_BYTES = HEAD_NUMBERS * NUMBER_BYTES;

/** Above every level that is passed on. The third number is `omittedBytes`, times this, plus `level`. */
const LEVELS = 128;

/** A UTF-16 code unit takes at most three bytes of UTF-8. */
const MAX_UNIT_BYTES = 3;

const aligned = (bytes: number) => Math.ceil(bytes / NUMBER_BYTES) * NUMBER_BYTES;

/** Encodes records, in memory that is used again and again. */
export class FrameBuffer {
  readonly #bytes: Buffer;
  readonly #numbers: Float64Array;
  #length = 0;

  /** @param capacity in bytes, a multiple of 8 */
  constructor(capacity: number) {
    this.#bytes = Buffer.allocUnsafeSlow(capacity);
    this.#numbers = new Float64Array(this.#bytes.buffer);
  }

  /** The frames, as a view: valid until the next call of `add` or `clear`. */
  get frames(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** The bytes of all frames. */
  get length(): number {
    return this.#length;
  }

  /** Adds a record. @returns false when it does not fit */
  add(record: LoggedRecord): boolean {
    const [, message] = record;
    const room = this.#bytes.length - this.#length - HEAD_BYTES;
    // Counting the bytes takes time, and is needed only if they might not fit.
    if (room < message.length) return false;
    if (room < MAX_UNIT_BYTES * message.length && room < Buffer.byteLength(message)) return false;
    this.#append(record);
    return true;
  }

  /** The frame of one record, however long. Its bytes are counted once. */
  static frameOf(record: LoggedRecord): Uint8Array {
    const [, message] = record;
    const one = new FrameBuffer(aligned(HEAD_BYTES + Buffer.byteLength(message)));
    one.#append(record);
    return one.frames;
  }

  #append([loggedAt, message, recordTime = 0, omittedBytes = 0, level = 0]: LoggedRecord): void {
    const head = this.#length / NUMBER_BYTES;
    const start = this.#length + HEAD_BYTES;
    const size = this.#bytes.write(message, start);
    this.#numbers[head] = loggedAt;
    this.#numbers[head + 1] = recordTime;
    this.#numbers[head + 2] = LEVELS * omittedBytes + level;
    this.#numbers[head + 3] = size;
    this.#length = aligned(start + size);
  }

  clear(): void {
    this.#length = 0;
  }
}

/**
 * Decodes frames.
 * @param frames whole ones, from the beginning of their memory
 * @param onRecord gets each message as a view of them
 */
export function decodeFrames(
  frames: Uint8Array,
  onRecord: (
    loggedAt: number,
    message: Buffer,
    recordTime: number,
    omittedBytes: number,
    level: number | undefined,
  ) => void,
): void {
  const { buffer, byteLength } = frames;
  const numbers = new Float64Array(buffer, 0, byteLength / NUMBER_BYTES);
  const numberAt = (index: number) => numbers[index] as number; // within the frames
  for (let at = 0; at < byteLength; ) {
    const head = at / NUMBER_BYTES;
    const start = at + HEAD_BYTES;
    const size = numberAt(head + 3);
    const message = Buffer.from(buffer, start, size);
    const third = numberAt(head + 2);
    const level = third % LEVELS;
    onRecord(numberAt(head), message, numberAt(head + 1), (third - level) / LEVELS, level || undefined);
    at = aligned(start + size);
  }
}
