import { isAscii } from 'node:buffer';

/**
 * How a record travels to the worker: `<moment of the log call> <the record's time, or 0> <length> <message>`, one right
 * behind the other. The length is in UTF-16 code units, which UTF-8 and back leaves as it was (a lone surrogate becomes
 * one U+FFFD). So the main thread need not look into the message, which is often in many pieces that V8 would have to join
 * for that.
 */
export function encodeFrame(loggedAt: number, message: string, recordTime = 0): string {
  return `${loggedAt} ${recordTime} ${message.length} ${message}`;
}

const SPACE = 0x20;
const ZERO = 0x30;

/** Takes frames apart that come in pieces, in UTF-8. */
export class FrameDecoder {
  readonly #take: (loggedAt: number, message: Buffer, recordTime: number) => void;
  /** The beginning of a frame whose end has not come yet. */
  #begun: Buffer[] = [];
  #begunBytes = 0;
  /** Below this many bytes we do not search for its end again, since each search goes through all of it. */
  #minBytesToRescan = 0;

  /** @param take gets each message as a view, good until it returns */
  constructor(take: (loggedAt: number, message: Buffer, recordTime: number) => void) {
    this.#take = take;
  }

  push(piece: Buffer): void {
    const length = this.#begunBytes + piece.length;
    if (length < this.#minBytesToRescan) this.#keep(piece);
    else if (this.#begun.length === 0) this.#keep(this.#takeWhole(piece));
    else {
      const bytes = Buffer.concat([...this.#begun, piece], length);
      this.#begun = [];
      this.#begunBytes = 0;
      this.#keep(this.#takeWhole(bytes));
    }
  }

  /** A copy: a view would keep the whole piece in memory, which whoever wrote it may use anew. */
  #keep(rest: Buffer): void {
    if (rest.length === 0) return;
    this.#begun.push(Buffer.from(rest));
    this.#begunBytes += rest.length;
  }

  /** Takes the frames that are whole. @returns the beginning of the one that is not */
  #takeWhole(bytes: Buffer): Buffer {
    const isPlain = isAscii(bytes);
    this.#minBytesToRescan = 0;
    let start = 0;
    for (;;) {
      const afterMoment = bytes.indexOf(SPACE, start);
      const afterTime = bytes.indexOf(SPACE, afterMoment + 1);
      const afterLength = bytes.indexOf(SPACE, afterTime + 1);
      if (afterMoment < 0 || afterTime < 0 || afterLength < 0) break;
      const message = afterLength + 1;
      const units = numberIn(bytes, afterTime + 1, afterLength);
      const end = isPlain ? message + units : endOfText(bytes, message, units);
      if (end > bytes.length) {
        this.#minBytesToRescan = end - start;
        break;
      }
      const recordTime = numberIn(bytes, afterMoment + 1, afterTime);
      this.#take(numberIn(bytes, start, afterMoment), bytes.subarray(message, end), recordTime);
      start = end;
    }
    return bytes.subarray(start);
  }
}

/** Written by `encodeFrame`: nothing but digits. */
function numberIn(bytes: Buffer, start: number, end: number): number {
  let number = 0;
  for (let at = start; at < end; at++) number = 10 * number + ((bytes[at] as number) - ZERO); // within the bytes
  return number;
}

/** Where text ends that has so many UTF-16 code units. @returns where it ends at the earliest when it is not all there */
function endOfText(bytes: Buffer, start: number, codeUnits: number): number {
  let at = start;
  let left = codeUnits;
  while (left > 0 && at < bytes.length) {
    const size = characterBytes(bytes[at] ?? 0);
    at += size;
    left -= size === 4 ? 2 : 1;
  }
  return at + left; // a code unit takes a byte at least
}

/** By the first of them: https://www.rfc-editor.org/rfc/rfc3629#section-3 */
function characterBytes(first: number): 1 | 2 | 3 | 4 {
  if (first < 0b1100_0000) return 1;
  if (first < 0b1110_0000) return 2;
  return first < 0b1111_0000 ? 3 : 4;
}
