import { timestampOf } from '../batch/event.js';
import { SEPARATOR } from '../batch/payload.js';
import type { Entity } from '../entity/entity.js';
import { isObject, parseObject } from './json.js';

/** The first line of a file: where its events go, and who wrote them. */
export interface SpoolHead {
  readonly logGroupName: string;
  readonly logStreamName: string;
  readonly entity?: Entity | undefined;
}

/** A file of the spool, as far as it can be read. */
export interface SpoolText {
  /** undefined: nobody knows where the events belong. */
  readonly head: SpoolHead | undefined;
  /** The JSON of each event. */
  readonly events: readonly string[];
  /** Lines that are no event: the torn last one of a process that was killed, or what a bad disk made of one. */
  readonly corrupt: readonly string[];
}

/** Reads what a dead process left. Nothing in it is taken on trust. */
export function readSpoolText(text: string): SpoolText {
  const [first = '', ...lines] = text.split('\n').filter((line) => line !== '');
  const head = parseObject(first);
  if (!isHead(head)) return { head: undefined, events: [], corrupt: first === '' ? [] : [first, ...lines] };
  const events: string[] = [];
  const corrupt: string[] = [];
  for (const line of lines) {
    // As written, but for the comma that stands between two events of a request.
    const event = line.endsWith(',') ? line.slice(0, -1) : line;
    if (isEvent(event)) events.push(event);
    else corrupt.push(line);
  }
  return { head, events, corrupt };
}

export function writeSpoolText(head: SpoolHead, events: readonly string[]): string {
  return [`${JSON.stringify(head)}\n`, ...events.map((event) => event + SEPARATOR)].join('');
}

function isEvent(line: string): boolean {
  const event = parseObject(line);
  return (
    event !== undefined &&
    event.timestamp === timestampOf(line) &&
    Number.isSafeInteger(event.timestamp) &&
    Number(event.timestamp) >= 0 &&
    isText(event.message, /./s)
  );
}

function isHead(value: unknown): value is SpoolHead {
  return (
    isObject(value) &&
    isText(value.logGroupName, /^[.\-_/#A-Za-z0-9]{1,512}$/) &&
    isText(value.logStreamName, /^[^:*]{1,512}$/) &&
    (value.entity === undefined || isObject(value.entity))
  );
}

function isText(value: unknown, pattern: RegExp): boolean {
  return typeof value === 'string' && pattern.test(value);
}
