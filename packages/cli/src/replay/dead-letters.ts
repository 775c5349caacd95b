import { type DestinationName, parseObject, toDestinationName } from '@putlogs/core/internal';
import { UsageError } from '../terminal/usage-error.js';
import { isTooOld } from './changes.js';
import { type LinePiece, linePieces } from './line-pieces.js';
import { openRegularFile } from './replayed-path.js';
import { add, type StreamSurvey } from './survey.js';

/** An event in a dead-letter file. */
export interface DeadLetter {
  readonly kind: 'letter';
  readonly reason: string;
  readonly name: DestinationName;
  readonly timestamp: number;
  readonly message: string;
}

/** Reasons for which a later time helps. */
const TOO_OLD: readonly string[] = ['tooOld', 'expired'];

export function isHelpedByTime({ reason }: DeadLetter): boolean {
  return TOO_OLD.includes(reason);
}

/** No letter is longer: a message of 1 MiB has at most six times as many bytes as JSON. */
const MAX_LETTER_BYTES = 8 * 1024 * 1024;

/** The latest time that a Date can have. */
const MAX_TIMESTAMP = 8.64e15;

/**
 * Reads a dead-letter file, line by line, and passes on what is no letter. Of that, a line that is longer than any letter
 * comes in pieces.
 * @param range the bytes from `start` to `end`. Default: all
 */
export async function* readLetters(
  path: string,
  { start = 0, end = Number.POSITIVE_INFINITY } = {},
): AsyncGenerator<DeadLetter | LinePiece> {
  // The last byte is included.
  const input = (await openRegularFile(path)).createReadStream({ start, end: end - 1 });
  for await (const piece of linePieces(input, MAX_LETTER_BYTES)) {
    if (piece.kind === 'line' && piece.bytes.toString().trim() === '') continue;
    yield (piece.kind === 'line' && toLetter(piece.bytes)) || piece;
  }
}

function toLetter(line: Buffer): DeadLetter | undefined {
  const { reason, timestamp, message, ...fields } = parseObject(line.toString()) ?? {};
  const name = toDestinationName(fields);
  const isLetter =
    typeof reason === 'string' &&
    typeof message === 'string' &&
    typeof timestamp === 'number' &&
    Number.isSafeInteger(timestamp) &&
    timestamp >= 0 &&
    timestamp <= MAX_TIMESTAMP;
  return isLetter && name !== undefined ? { kind: 'letter', reason, name, timestamp, message } : undefined;
}

/**
 * Any other file is left where it is.
 * @throws {UsageError} if a file has lines, and none is a dead letter
 */
export async function checkLetters(path: string): Promise<void> {
  let hasLines = false;
  for await (const { kind } of readLetters(path)) {
    if (kind === 'letter') return;
    hasLines = true;
  }
  if (hasLines) throw new UsageError(`${path} has no dead letter, and is left as it is.`);
}

export interface LetterSurvey {
  readonly streams: readonly StreamSurvey[];
  /** Events by the reason of the service. */
  readonly reasons: Readonly<Record<string, number>>;
  /** Lines that are not dead letters. */
  readonly unreadable: number;
  /** Events that the service rejects for their age. */
  readonly tooOld: number;
  /** Events that --now gives the current time: also those that had expired. */
  readonly retimable: number;
}

/** Says what is in a dead-letter file, and changes nothing. @param end how many bytes are read. Default: all */
export async function surveyLetters(path: string, end?: number): Promise<LetterSurvey> {
  const streams = new Map<string, StreamSurvey>();
  const reasons = new Map<string, number>();
  let [unreadable, tooOld, retimable] = [0, 0, 0];
  for await (const letter of readLetters(path, end === undefined ? {} : { end })) {
    if (letter.kind === 'letter') {
      const { reason, timestamp, name } = letter;
      add(streams, { ...name, events: 1, from: timestamp, to: timestamp });
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
      if (isTooOld(timestamp)) tooOld++;
      if (isTooOld(timestamp) || isHelpedByTime(letter)) retimable++;
    } else if (letter.kind !== 'part') unreadable++;
  }
  return {
    streams: [...streams.values()],
    reasons: Object.fromEntries(reasons),
    unreadable,
    tooOld,
    retimable,
  };
}
