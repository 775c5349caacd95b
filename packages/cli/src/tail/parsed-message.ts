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

/** Fields that are shown in another way, or by the event itself. */
const HIDDEN = new Set([
  'level',
  'time',
  'timestamp',
  '@timestamp',
  'msg',
  'message',
  'pid',
  'hostname',
  'stack',
  'v',
]);

/** Unfolds a line of JSON, as loggers write it. Other text stays as it is. */
export function parseMessage(message: string): ParsedMessage {
  const record = toObject(message);
  if (record === undefined) return { level: undefined, text: message, fields: [], stack: [] };
  const { level, msg, message: text = msg, err, error = err, stack = stackOf(error) } = record;
  const fields = Object.entries(record).filter(
    ([name, value]) => !HIDDEN.has(name) && stackOf(value) === undefined,
  );
  const name =
    LEVELS.get(level) ?? (typeof level === 'string' || typeof level === 'number' ? String(level) : undefined);
  return {
    level: name?.toLowerCase(),
    text: typeof text === 'string' ? text : '',
    fields,
    stack: typeof stack === 'string' ? stack.split('\n') : [],
  };
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

function stackOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'stack' in value ? value.stack : undefined;
}
