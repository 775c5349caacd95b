import { isAscii } from 'node:buffer';

/**
 * How a record travels to the worker: `<timestamp> <length> <message>`, one right behind the other. The length is in
 * UTF-16 code units, which UTF-8 and back leaves as it was (a lone surrogate becomes one U+FFFD). So the main thread
 * need not look into the message, which is often in many pieces that V8 would have to join for that.
 */
export function encodeFrame(timestamp: number, message: string): string {
  return `${timestamp} ${message.length} ${message}`;
}

/** The time of no record: no more will come, deliver what there is. */
export const CLOSE = Number.MAX_SAFE_INTEGER;

const SPACE = 0x20;
const ZERO = 0x30;

/** Takes frames apart that come in pieces, in UTF-8. */
export class Frames {
  readonly #take: (timestamp: number, message: Buffer) => void;
  /** The beginning of a frame whose end has not come yet. */
  #begun = Buffer.alloc(0);

  /** @param take gets each message as a view, good until it returns */
  constructor(take: (timestamp: number, message: Buffer) => void) {
    this.#take = take;
  }

  push(piece: Buffer): void {
    const bytes = this.#begun.length === 0 ? piece : Buffer.concat([this.#begun, piece]);
    const endOf = isAscii(bytes) ? endOfAscii : endOfText;
    let start = 0;
    for (;;) {
      const afterTimestamp = bytes.indexOf(SPACE, start);
      const afterLength = bytes.indexOf(SPACE, afterTimestamp + 1);
      if (afterTimestamp < 0 || afterLength < 0) break;
      const message = afterLength + 1;
      const end = endOf(bytes, message, numberIn(bytes, afterTimestamp + 1, afterLength));
      if (end > bytes.length) break;
      this.#take(numberIn(bytes, start, afterTimestamp), bytes.subarray(message, end));
      start = end;
    }
    // A copy: whoever wrote the piece may use its memory anew.
    this.#begun = Buffer.from(bytes.subarray(start));
  }
}

/** Written by `encodeFrame`: nothing but digits. */
function numberIn(bytes: Buffer, start: number, end: number): number {
  let number = 0;
  for (let at = start; at < end; at++) number = 10 * number + ((bytes[at] ?? ZERO) - ZERO);
  return number;
}

function endOfAscii(_: Buffer, start: number, codeUnits: number): number {
  return start + codeUnits;
}

/** Where text ends that has so many UTF-16 code units. @returns what is beyond the bytes when it is not all there */
function endOfText(bytes: Buffer, start: number, codeUnits: number): number {
  let at = start;
  let left = codeUnits;
  while (left > 0 && at < bytes.length) {
    const size = characterBytes(bytes[at] ?? 0);
    at += size;
    left -= size === 4 ? 2 : 1;
  }
  return left > 0 ? Number.POSITIVE_INFINITY : at;
}

/** By the first of them: https://www.rfc-editor.org/rfc/rfc3629#section-3 */
function characterBytes(first: number): 1 | 2 | 3 | 4 {
  if (first < 0b1100_0000) return 1;
  if (first < 0b1110_0000) return 2;
  return first < 0b1111_0000 ? 3 : 4;
}
