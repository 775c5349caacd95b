// Numbers, and how they are written.
import { markdownTable } from 'markdown-table';

/** @param {readonly number[]} values */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export const fixed = (value, digits) => value.toFixed(digits);
export const count = (value) => Math.round(value).toLocaleString('en-US');
export const percent = (share) => `${fixed(share * 100, 1)} %`;
export const megabytes = (bytes) => fixed(bytes / 1e6, 0);

/** Nothing where one of the two was not measured. */
export const times = (ratio) => (Number.isFinite(ratio) ? `${fixed(ratio, 2)} ×` : '');

/**
 * `median (min–max)`, of a single value that alone
 * @param {readonly number[]} values
 */
export function spread(values, digits) {
  if (values.length === 1) return fixed(values[0], digits);
  const range = [Math.min(...values), Math.max(...values)].map((value) => fixed(value, digits)).join('–');
  return `${fixed(median(values), digits)} (${range})`;
}

/** The first column names what stands in the others. */
export function table(head, rows) {
  return markdownTable([head, ...rows], { align: head.map((_, column) => (column === 0 ? 'l' : 'r')) });
}
