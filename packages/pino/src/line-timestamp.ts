import { TopLevelValues, toTimestamp } from '@putlogs/core/main-thread';

/** Most lines begin with `{"level":30,"time":1764115200000`. */
const LEVEL = Buffer.from('{"level":');
const TIME = Buffer.from(',"time":');

/**
 * Pino writes the level and the time first. A search that is anchored there finds the time without parsing the line, and
 * ignores a `"time":` further in, from a child's bindings or a nested object.
 */
const HEAD = /^\{(?:"level":(?:-?\d+|"[^"\\]*"),)?"time":(?:(\d+)|"([^"\\]*)")[,}]/;

/** Longer than any head, except with unusual levels. */
const HEAD_BYTES = 80;

/** The fields in which loggers write the time. The first one with a valid time counts. */
const TIME_KEYS = ['time', 'timestamp', '@timestamp'] as const;

/**
 * The time of a line, in milliseconds since 1970. If a key occurs twice, the first one counts.
 * @param line in UTF-8
 * @param readAt when the line was read
 * @returns undefined for a line without a time, or that is not JSON
 */
export function timeOf(line: Buffer, readAt: number): number | undefined {
  return toTimestamp(plainTime(line) ?? headTime(line), readAt) ?? timestampAnywhere(line, readAt);
}

const ZERO = 0x30;
const NINE = 0x39;
const COMMA = 0x2c;

/** Finds the time of most lines without creating strings, which would cost ten times as much. */
function plainTime(line: Buffer): number | undefined {
  if (!standsAt(LEVEL, line, 0) || !isDigit(line[LEVEL.length])) return undefined;
  let at = LEVEL.length;
  while (isDigit(line[at])) at++;
  if (!standsAt(TIME, line, at)) return undefined;
  at += TIME.length;
  let time = 0;
  for (let digit = line[at]; isDigit(digit); digit = line[++at]) time = 10 * time + digit - ZERO;
  return line[at] === COMMA ? time : undefined;
}

function isDigit(byte: number | undefined): byte is number {
  return byte !== undefined && byte >= ZERO && byte <= NINE;
}

function standsAt(text: Buffer, line: Buffer, offset: number): boolean {
  for (let i = 0; i < text.length; i++) if (line[offset + i] !== text[i]) return false;
  return true;
}

function headTime(line: Buffer): number | string | undefined {
  const [, number, text] = HEAD.exec(line.toString('latin1', 0, HEAD_BYTES)) ?? [];
  return number === undefined ? text : Number(number);
}

const timesAnywhere = new TopLevelValues(TIME_KEYS);

function timestampAnywhere(line: Buffer, readAt: number): number | undefined {
  for (const time of timesAnywhere.read(line) ?? []) {
    const timestamp = toTimestamp(time, readAt);
    if (timestamp !== undefined) return timestamp;
  }
  return undefined;
}
