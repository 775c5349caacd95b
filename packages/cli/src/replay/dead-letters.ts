import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { StreamSurvey } from './survey.js';
import { add } from './survey.js';

/** An event in a dead-letter file. */
export interface DeadLetter {
  readonly reason: string;
  readonly logGroupName: string;
  readonly logStreamName: string;
  readonly timestamp: number;
  readonly message: string;
}

/** Reads a dead-letter file, line by line. @param range the bytes from `start` to `end`. Default: all */
export async function* readLetters(
  path: string,
  { start = 0, end = Number.POSITIVE_INFINITY } = {},
): AsyncGenerator<DeadLetter | { readonly line: string }> {
  // The last byte is included.
  const input = createReadStream(path, { start, end: end - 1 });
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() === '') continue;
    yield toLetter(line) ?? { line };
  }
}

function toLetter(line: string): DeadLetter | undefined {
  try {
    const { reason, logGroupName, logStreamName, timestamp, message }: Record<string, unknown> =
      JSON.parse(line);
    const isLetter =
      typeof reason === 'string' &&
      typeof logGroupName === 'string' &&
      typeof logStreamName === 'string' &&
      typeof message === 'string' &&
      typeof timestamp === 'number' &&
      Number.isSafeInteger(timestamp) &&
      timestamp >= 0;
    return isLetter ? { reason, logGroupName, logStreamName, timestamp, message } : undefined;
  } catch {
    return undefined;
  }
}

export interface LetterSurvey {
  readonly streams: readonly StreamSurvey[];
  /** Events by the reason of the service. */
  readonly reasons: Readonly<Record<string, number>>;
  /** Lines that are no dead letters. */
  readonly unreadable: number;
}

/** Says what is in a dead-letter file, and changes nothing. */
export async function surveyLetters(path: string): Promise<LetterSurvey> {
  const streams = new Map<string, StreamSurvey>();
  const reasons: Record<string, number> = {};
  let unreadable = 0;
  for await (const letter of readLetters(path)) {
    if ('line' in letter) {
      unreadable++;
      continue;
    }
    const { reason, timestamp } = letter;
    add(streams, { ...letter, events: 1, from: timestamp, to: timestamp });
    reasons[reason] = (reasons[reason] ?? 0) + 1;
  }
  return { streams: [...streams.values()], reasons, unreadable };
}
