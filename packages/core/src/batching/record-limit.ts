import { MAX_MESSAGE_BYTES } from './limits.js';
import { codePointBoundary, toUtf8 } from './log-event.js';

const SPACE = 0x20;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** The most bytes that a character of JSON takes for one byte of text: `\u0001`. */
const MAX_ESCAPE_BYTES = 6;

/** The most bytes of UTF-8 for one UTF-16 code unit. */
const MAX_CODE_UNIT_BYTES = 3;

/** A record that was too long. */
export interface CutRecord {
  /** Its beginning, and a marker that says how many bytes are missing. */
  readonly text: Buffer;
  /** The size of the whole record. */
  readonly wholeBytes: number;
  readonly limit: 'maxRecordBytes' | 'maxBufferBytes';
}

/** Cuts records that are longer than they may be, or than there is room for. */
export class RecordLimit {
  readonly #maxBytes: number;
  readonly #maxJsonBytes: number;
  /** Up to this size a record is within both limits, whatever its characters are. */
  readonly #fitsAnyway: number;

  /** @param maxJsonBytes the most that a record may take as JSON, which is how it waits */
  constructor(maxRecordBytes: number | undefined, maxJsonBytes: number) {
    this.#maxBytes = maxRecordBytes ?? Number.POSITIVE_INFINITY;
    this.#maxJsonBytes = maxJsonBytes;
    const shortEnough = Math.max(MAX_MESSAGE_BYTES, Math.floor(this.#maxJsonBytes / MAX_ESCAPE_BYTES));
    this.#fitsAnyway = Math.min(this.#maxBytes, shortEnough);
  }

  /**
   * @param omittedBytes how many more bytes the record had, which are no longer there
   * @returns undefined for a record within the limits
   */
  cut(record: string | Buffer, omittedBytes: number): CutRecord | undefined {
    const mostBytes = typeof record === 'string' ? MAX_CODE_UNIT_BYTES * record.length : record.length;
    if (mostBytes <= this.#fitsAnyway && omittedBytes === 0) return undefined;
    const text = toUtf8(record);
    if (text.length <= this.#fitsAnyway && omittedBytes === 0) return undefined;
    const room = fittingBytes(text, this.#maxJsonBytes);
    const maxBytes = Math.min(this.#maxBytes, room);
    if (text.length <= maxBytes && omittedBytes === 0) return undefined;
    return {
      text: cutTo(text, maxBytes, omittedBytes),
      wholeBytes: text.length + omittedBytes,
      limit: this.#maxBytes <= room ? 'maxRecordBytes' : 'maxBufferBytes',
    };
  }
}

/** How many bytes of a text fit into a JSON string of this size. */
function fittingBytes(text: Buffer, maxJsonBytes: number): number {
  let jsonBytes = 0;
  for (let at = 0; at < text.length; at++) {
    const byte = text[at] as number; // within bounds
    if (byte < SPACE) jsonBytes += MAX_ESCAPE_BYTES;
    else jsonBytes += byte === QUOTE || byte === BACKSLASH ? 2 : 1;
    if (jsonBytes > maxJsonBytes) return at;
  }
  return text.length;
}

/** Cuts a text between characters. Its marker takes part of `maxBytes`. */
function cutTo(text: Buffer, maxBytes: number, omittedBytes: number): Buffer {
  const wholeBytes = text.length + omittedBytes;
  const markerBytes = Buffer.byteLength(marker(wholeBytes));
  const end = codePointBoundary(text, Math.max(Math.min(maxBytes, text.length) - markerBytes, 0));
  return Buffer.concat([text.subarray(0, end), Buffer.from(marker(wholeBytes - end))]);
}

function marker(missingBytes: number): string {
  return `… [cut by putlogs: ${String(missingBytes).replace(/\B(?=(\d{3})+$)/g, ',')} bytes]`;
}
