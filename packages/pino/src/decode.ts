import { toTimestamp } from '@awslogs/core';

/**
 * Pino writes the level and the time first. Anchored there, the time is found without parsing the line, and a
 * `"time":` further in, of a child's bindings or a nested object, is not taken for it.
 */
const HEAD = /^\{(?:"level":(?:-?\d+|"[^"\\]*"),)?"time":(?:(\d+)|"([^"\\]*)")[,}]/;

/** Where loggers put the time that Pino puts into `time`; the first that holds one counts. */
const TIME_KEYS = ['time', 'timestamp', '@timestamp'] as const;

/**
 * The time that a line of Pino's gives, in milliseconds after 1970.
 * @returns undefined for a line that gives none, or is no JSON
 */
export function timestampOf(line: string): number | undefined {
  const [, number, text] = HEAD.exec(line) ?? [];
  return toTimestamp(number === undefined ? text : Number(number)) ?? parsedTimestamp(line);
}

function parsedTimestamp(line: string): number | undefined {
  const record = parse(line);
  if (typeof record !== 'object' || record === null) return undefined;
  for (const key of TIME_KEYS) {
    const timestamp = toTimestamp(Reflect.get(record, key));
    if (timestamp !== undefined) return timestamp;
  }
  return undefined;
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // Not every line is JSON: a crash of another program in the pipe, a banner. It is shipped as it is.
    return undefined;
  }
}
