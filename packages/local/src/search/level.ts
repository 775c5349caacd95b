import type { Fields } from './fields.js';
import { plainText } from './plain-text.js';

/** The levels of Pino, in their order. Those of other loggers are mapped to them. */
const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
export type Level = (typeof LEVELS)[number];

/** Pino's number of a level. */
export const numberOf = (level: Level | undefined): number | undefined =>
  level && 10 * (LEVELS.indexOf(level) + 1);

/** Names of Winston (npm and syslog), OpenTelemetry, log4j and Python. */
const NAMES: ReadonlyMap<string, Level> = new Map([
  ...LEVELS.map((level) => [level, level] as const),
  ['silly', 'trace'],
  ['verbose', 'debug'],
  ['http', 'info'],
  ['information', 'info'],
  ['informational', 'info'],
  ['notice', 'info'],
  ['warning', 'warn'],
  ['err', 'error'],
  ['severe', 'error'],
  ['critical', 'fatal'],
  ['crit', 'fatal'],
  ['alert', 'fatal'],
  ['emerg', 'fatal'],
  ['emergency', 'fatal'],
  ['panic', 'fatal'],
]);

const FIELD_NAMES = ['level', 'severity', 'severityText', 'severity_text', 'log.level', 'lvl'];

/** Within the first characters of a text, such as `[ERROR]`, `level=warn` or `2026-11-24T12:00:00Z INFO`. */
const IN_TEXT = /\b(?:level=|severity=)"?([a-z]+)|\b([A-Z]{3,9})\b|\[([a-z]{3,9})\]|^([a-z]{3,9}):/g;
const HEAD_CHARACTERS = 80;

/** The level with this name, or with this number of Pino. */
export function levelNamed(value: unknown): Level | undefined {
  if (typeof value === 'number')
    return value > 0 ? LEVELS[Math.min(Math.ceil(value / 10), LEVELS.length) - 1] : undefined;
  return typeof value === 'string' ? NAMES.get(plainText(value).toLowerCase()) : undefined;
}

/** The level of a message; undefined if it says none. @param fields of the message, if it is a JSON object */
export function levelOf(message: string, fields: Fields | undefined): Level | undefined {
  if (fields) {
    for (const name of FIELD_NAMES) {
      const level = levelNamed(Object.hasOwn(fields, name) ? fields[name] : undefined);
      if (level) return level;
    }
    return undefined;
  }
  for (const [, ...names] of plainText(message.slice(0, HEAD_CHARACTERS)).matchAll(IN_TEXT)) {
    const level = levelNamed(names.find((name) => name !== undefined));
    if (level) return level;
  }
  return undefined;
}
