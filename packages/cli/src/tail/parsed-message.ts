import { toTimestamp } from '@putlogs/core/main-thread';

/** What is shown of a message. */
export interface ParsedMessage {
  readonly level: string | undefined;
  readonly text: string;
  /** The other fields, in their order. */
  readonly fields: readonly (readonly [string, unknown])[];
  /** The stack of an error, line by line. */
  readonly stack: readonly string[];
}

/** Pino's levels. */
const LEVELS: ReadonlyMap<unknown, string> = new Map([
  [10, 'trace'],
  [20, 'debug'],
  [30, 'info'],
  [40, 'warn'],
  [50, 'error'],
  [60, 'fatal'],
]);

/** Fields with the time of the record. */
const TIMES = ['time', 'timestamp', '@timestamp'];

/** What Pino writes into each line: the process and the host, which the name of the log stream tells. */
const OF_THE_PROCESS: Readonly<Record<string, unknown>> = { pid: 'number', hostname: 'string' };

/** Unfolds a line of JSON, as loggers write it. Other text stays as it is. @param timestamp of the event, which is shown too */
export function parseMessage(message: string, timestamp: number): ParsedMessage {
  const record = toObject(message);
  if (record === undefined) return { level: undefined, text: message, fields: [], stack: [] };
  const level = levelOf(record.level);
  const text = firstWithText(record, ['message', 'msg']);
  const error = ['err', 'error'].find((name) => stackOf(record[name]) !== undefined);
  const stack = typeof record.stack === 'string' ? record.stack : stackOf(error && record[error]);
  const isShown = (name: string) =>
    name === text ||
    (name === 'level' && level !== undefined) ||
    (name === 'stack' && stack === record.stack) ||
    (TIMES.includes(name) && toTimestamp(record[name], timestamp) === timestamp);
  const fields = Object.entries(record)
    .filter(([name, value]) => !isShown(name) && typeof value !== OF_THE_PROCESS[name])
    .flatMap(([name, value]) =>
      name === error ? errorFields(name, value, stack) : [[name, value] as const],
    );
  return {
    level,
    text: text === undefined ? '' : String(record[text]),
    fields,
    stack: stack === undefined ? [] : stack.split('\n'),
  };
}

function levelOf(level: unknown): string | undefined {
  if (typeof level !== 'string' && typeof level !== 'number') return undefined;
  return (LEVELS.get(level) ?? String(level)).toLowerCase();
}

function firstWithText(
  record: Readonly<Record<string, unknown>>,
  names: readonly string[],
): string | undefined {
  return names.find((name) => typeof record[name] === 'string');
}

/** What the stack does not tell of an error, such as its code. */
function errorFields(
  name: string,
  error: unknown,
  stack: string | undefined,
): (readonly [string, unknown])[] {
  if (stackOf(error) !== stack) return [[name, error]];
  return Object.entries({ ...(error as object) })
    .filter(([, value]) => typeof value !== 'string' || !stack?.includes(value))
    .map(([field, value]) => [`${name}.${field}`, value] as const);
}

function toObject(message: string): Readonly<Record<string, unknown>> | undefined {
  if (!message.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(message);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function stackOf(value: unknown): string | undefined {
  const isError =
    typeof value === 'object' && value !== null && 'stack' in value && typeof value.stack === 'string';
  return isError ? String(value.stack) : undefined;
}
