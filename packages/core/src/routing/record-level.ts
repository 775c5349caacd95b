/** The levels of Pino, of Winston (npm and syslog) and of others, by the numbers of Pino. */
const NUMBERS: Readonly<Record<string, number>> = {
  trace: 10,
  silly: 10,
  debug: 20,
  verbose: 20,
  http: 20,
  info: 30,
  notice: 30,
  warn: 40,
  warning: 40,
  error: 50,
  fatal: 60,
  crit: 60,
  alert: 60,
  emerg: 60,
};

/** @returns undefined for a level that is not known */
export function levelNumber(name: unknown): number | undefined {
  return typeof name === 'string' && Object.hasOwn(NUMBERS, name) ? NUMBERS[name] : undefined;
}

/** Where Pino writes the level: `{"level":30` or, with a formatter, `{"level":"info"`. */
const HEAD = /^\{"level":(?:(\d{1,9})|"([a-z]{1,10})")[,}]/;

/** Longer than any head. */
const HEAD_BYTES = 32;

/** The level at the front of a record, by the numbers of Pino. @returns undefined if there is none */
export function levelOf(record: string | Buffer): number | undefined {
  const head =
    typeof record === 'string' ? record.slice(0, HEAD_BYTES) : record.toString('latin1', 0, HEAD_BYTES);
  const [, number, name] = HEAD.exec(head) ?? [];
  return number === undefined ? levelNumber(name) : Number(number);
}
