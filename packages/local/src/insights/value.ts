/** A point in time, which is shown as a date and compared as a number. */
export class Timestamp {
  readonly millis: number;

  constructor(millis: number) {
    this.millis = millis;
  }
}

/** A value in a query; undefined for a field that an event does not have. */
export type Value = string | number | boolean | Timestamp | undefined;

/** As the service shows it: such as `2026-11-24 12:00:00.000`, and 1 or 0 for a boolean. */
export function toText(value: Exclude<Value, undefined>): string {
  if (value instanceof Timestamp) return formatDate(value.millis);
  return String(typeof value === 'boolean' ? Number(value) : value);
}

/** The number itself if it is out of range for a date. */
function formatDate(millis: number): string {
  const date = new Date(millis);
  return Number.isNaN(date.getTime()) ? String(millis) : date.toISOString().slice(0, 23).replace('T', ' ');
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** Undefined for a text that is not a number. */
export function toNumber(value: Value): number | undefined {
  if (value instanceof Timestamp) return value.millis;
  if (typeof value !== 'string') return value === undefined ? undefined : Number(value);
  return NUMBER.test(value.trim()) ? Number(value) : undefined;
}

export const isTrue = (value: Value): boolean => value !== undefined && value !== false && value !== 0;

/** Numbers are equal by value. Two texts are equal character by character, even if both are numbers. */
export function areEqual(a: Value, b: Value): boolean {
  if (a === undefined || b === undefined) return false;
  if (typeof a === 'string' && typeof b === 'string') return a === b;
  return toNumber(a) === undefined ? toText(a) === toText(b) : toNumber(a) === toNumber(b);
}

/** Below 0 if `a` is less; undefined if one of them is missing, or if only one is a number. */
export function compare(a: Value, b: Value): number | undefined {
  if (a === undefined || b === undefined) return undefined;
  const [left, right] = [toNumber(a), toNumber(b)];
  if (left !== undefined && right !== undefined) return left - right;
  return isNumeric(a) || isNumeric(b) ? undefined : compareTexts(toText(a), toText(b));
}

const isNumeric = (value: Value): boolean => typeof value === 'number' || typeof value === 'boolean';

const compareTexts = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/**
 * The order of `sort`, https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-Sort.html: missing
 * values, then texts, then numbers. In texts, digits are compared as numbers.
 */
export function compareNaturally(a: Value, b: Value): number {
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined);
  const [left, right] = [toNumber(a), toNumber(b)];
  if (left !== undefined && right !== undefined) return left - right;
  if (left !== undefined || right !== undefined) return left === undefined ? -1 : 1;
  return compareChunks(toText(a), toText(b));
}

function compareChunks(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => text.match(/\d+|\D+/g) ?? []);
  for (const [index, chunk] of left?.entries() ?? []) {
    const other = right?.[index];
    if (other === undefined) return 1;
    const isNumeric = /^\d/.test(chunk) && /^\d/.test(other);
    const order = isNumeric
      ? chunk.length - other.length || compareTexts(chunk, other)
      : compareTexts(chunk, other);
    if (order !== 0) return order;
  }
  return (left?.length ?? 0) - (right?.length ?? 0);
}
