import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { toJson } from '../http/json.js';
import { jsonReply, type Reply } from '../http/protocol.js';
import { type FoundEvent, findEvents, type SearchCriteria } from '../search/find-events.js';
import type { Store } from '../store/store.js';

const TEXTS = ['query', 'filterPattern', 'logGroupName', 'logStreamName'] as const;
const TIMES = ['startTime', 'endTime'] as const;
const DEFAULT_LIMIT = 1_000;
const MAX_LIMIT = 10_000;

/** Answers with the newest events that match, and how many there are in all. */
export async function searchEvents(store: Store, parameters: URLSearchParams): Promise<Reply> {
  const limit = readInteger(parameters, 'limit') ?? DEFAULT_LIMIT;
  if (limit < 1 || limit > MAX_LIMIT) throw new TypeError(`limit is an integer from 1 to ${MAX_LIMIT}.`);
  const criteria = new URLSearchParams(parameters);
  criteria.delete('limit');
  const found = await findEvents(store, readCriteria(criteria));
  return jsonReply(200, { total: found.length, events: found.slice(-limit) });
}

/** Streams all events that match, one a line. */
export async function exportEvents(
  store: Store,
  criteria: SearchCriteria,
  response: ServerResponse,
): Promise<undefined> {
  const found = await findEvents(store, criteria);
  response.writeHead(200, {
    'content-type': 'application/x-ndjson',
    'content-disposition': 'attachment; filename="putlogs.ndjson"',
  });
  await pipeline(Readable.from(lines(found)), response);
  return undefined;
}

function* lines(found: readonly FoundEvent[]): Generator<string> {
  for (const event of found) yield `${toJson(event)}\n`;
}

/** @throws {TypeError} for an unknown parameter: a misspelled one would find too much */
export function readCriteria(parameters: URLSearchParams): SearchCriteria {
  for (const name of parameters.keys()) {
    if ([...TEXTS, ...TIMES].every((known) => known !== name)) {
      throw new TypeError(`Unknown parameter: ${name}; known are ${[...TEXTS, ...TIMES].join(', ')}.`);
    }
  }
  return {
    ...Object.fromEntries(TEXTS.map((name) => [name, parameters.get(name) ?? undefined])),
    ...Object.fromEntries(TIMES.map((name) => [name, readInteger(parameters, name)])),
  };
}

function readInteger(parameters: URLSearchParams, name: string): number | undefined {
  const text = parameters.get(name);
  if (text === null) return undefined;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new TypeError(`${name} is not an integer: ${text}`);
}
