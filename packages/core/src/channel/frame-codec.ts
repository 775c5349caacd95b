import { isAscii } from 'node:buffer';
import type { LoggedRecord } from './channel.js';

/**
 * Encodes a record for the worker: `<loggedAt> <recordTime or 0> <length> <message>`, with nothing between two frames. The
 * length is in UTF-16 code units, which survive the conversion to UTF-8 and back (a lone surrogate becomes one U+FFFD).
 * So the main thread does not read the message, which is often a rope of many strings that V8 would have to flatten.
 *
 * Few records have omitted bytes. Their number then stands in front of the length, behind a zero, with which no length begins.
 */
export function encodeFrame(loggedAt: number, message: string, recordTime = 0, omittedBytes = 0): string {
  const omitted = omittedBytes === 0 ? '' : `0${omittedBytes} `;
  return `${loggedAt} ${recordTime} ${omitted}${message.length} ${message}`;
}

/** Decodes text that consists of whole frames. */
export function decodeFrames(text: string): LoggedRecord[] {
  const records: LoggedRecord[] = [];
  const decoder = new FrameDecoder((loggedAt, message, ...rest) =>
    records.push([loggedAt, message.toString(), ...rest]),
  );
  decoder.push(Buffer.from(text));
  return records;
}

const SPACE = 0x20;
const ZERO = 0x30;

/** @param message a view, which is valid until it returns */
type OnRecord = (loggedAt: number, message: Buffer, recordTime: number, omittedBytes: number) => void;

/** Decodes frames that arrive in chunks, in UTF-8. */
export class FrameDecoder {
  readonly #onRecord: OnRecord;
  /** The beginning of a frame whose end has not arrived yet. */
  #partial: Buffer[] = [];
  #partialBytes = 0;
  /** With fewer bytes the frame cannot be complete. Each search for its end reads all of it, so we do not search earlier. */
  #minBytesToRescan = 0;

  constructor(onRecord: OnRecord) {
    this.#onRecord = onRecord;
  }

  push(chunk: Buffer): void {
    const length = this.#partialBytes + chunk.length;
    if (length < this.#minBytesToRescan) this.#keep(chunk);
    else if (this.#partial.length === 0) this.#keep(this.#decodeWhole(chunk));
    else {
      const bytes = Buffer.concat([...this.#partial, chunk], length);
      this.#partial = [];
      this.#partialBytes = 0;
      this.#keep(this.#decodeWhole(bytes));
    }
  }

  /** Copies: a view would keep the whole chunk in memory, which its owner may overwrite. */
  #keep(rest: Buffer): void {
    if (rest.length === 0) return;
    this.#partial.push(Buffer.from(rest));
    this.#partialBytes += rest.length;
  }

  /** @returns the beginning of the frame that is not complete */
  #decodeWhole(bytes: Buffer): Buffer {
    const isPlain = isAscii(bytes);
    this.#minBytesToRescan = 0;
    let start = 0;
    for (;;) {
      const afterLoggedAt = bytes.indexOf(SPACE, start);
      const afterRecordTime = bytes.indexOf(SPACE, afterLoggedAt + 1);
      let length = afterRecordTime + 1;
      let afterLength = bytes.indexOf(SPACE, length);
      let omittedBytes = 0;
      if (bytes[length] === ZERO && afterLength > length + 1) {
        omittedBytes = parseDigits(bytes, length, afterLength);
        length = afterLength + 1;
        afterLength = bytes.indexOf(SPACE, length);
      }
      if (afterLoggedAt < 0 || afterRecordTime < 0 || afterLength < 0) break;
      const message = afterLength + 1;
      const codeUnits = parseDigits(bytes, length, afterLength);
      const end = isPlain ? message + codeUnits : endOfText(bytes, message, codeUnits);
      if (end > bytes.length) {
        this.#minBytesToRescan = end - start;
        break;
      }
      const loggedAt = parseDigits(bytes, start, afterLoggedAt);
      const recordTime = parseDigits(bytes, afterLoggedAt + 1, afterRecordTime);
      this.#onRecord(loggedAt, bytes.subarray(message, end), recordTime, omittedBytes);
      start = end;
    }
    return bytes.subarray(start);
  }
}

/** `encodeFrame` writes nothing but digits there. */
function parseDigits(bytes: Buffer, start: number, end: number): number {
  let number = 0;
  for (let at = start; at < end; at++) number = 10 * number + ((bytes[at] as number) - ZERO); // within the bytes
  return number;
}

/** @returns where a text of that many UTF-16 code units ends, or the earliest possible end if some of it is still missing */
function endOfText(bytes: Buffer, start: number, codeUnits: number): number {
  let at = start;
  let left = codeUnits;
  while (left > 0 && at < bytes.length) {
    const size = characterBytes(bytes[at] ?? 0);
    at += size;
    left -= size === 4 ? 2 : 1;
  }
  return at + left; // a code unit takes at least one byte
}

/** The bytes of a UTF-8 character, by the first of them: https://www.rfc-editor.org/rfc/rfc3629#section-3 */
function characterBytes(first: number): 1 | 2 | 3 | 4 {
  if (first < 0b1100_0000) return 1;
  if (first < 0b1110_0000) return 2;
  return first < 0b1111_0000 ? 3 : 4;
}
