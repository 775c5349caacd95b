import { randomUUID } from 'node:crypto';
import { DAY_MS } from '../batch/limits.js';

/** What the placeholders of a log stream's name stand for. */
export interface StreamNameValues {
  readonly hostname: string;
  readonly instance: string;
  readonly pid: number;
  readonly service: string | undefined;
  readonly environment: string | undefined;
}

const MAX_LENGTH = 512;

/**
 * Fills in `{instance}`, `{hostname}`, `{pid}`, `{service}`, `{environment}` and `{uuid}` once, and `{date}` for each day.
 * What is not known becomes `unknown`; any other `{…}` stays as it is.
 * @returns the log stream's name for a UTC day, counted from 1970-01-01
 */
export function streamNamer(template: string, values: StreamNameValues): (day: number) => string {
  const known: Readonly<Record<string, string>> = {
    hostname: values.hostname,
    instance: values.instance,
    pid: String(values.pid),
    service: values.service ?? 'unknown',
    environment: values.environment ?? 'unknown',
    uuid: randomUUID(),
  };
  const filled = template.replace(/\{([a-z]+)\}/g, (placeholder, key: string) =>
    Object.hasOwn(known, key) ? (known[key] ?? placeholder) : placeholder,
  );
  return (day) => {
    const date = new Date(day * DAY_MS).toISOString().slice(0, 10);
    return legal(filled.replaceAll('{date}', date));
  };
}

/** The service takes 1 to 512 characters without `:` and `*`. */
function legal(name: string): string {
  const whole = name.toWellFormed().replace(/[:*]/g, '_');
  const cut = whole.slice(0, MAX_LENGTH);
  // Not through the middle of a character.
  return cut.isWellFormed() ? cut : cut.slice(0, -1);
}
