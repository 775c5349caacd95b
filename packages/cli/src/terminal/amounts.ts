const BYTES = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** `512 bytes`, `1.5 MiB`. */
export function bytes(count: number): string {
  let unit = 0;
  let amount = count;
  while (amount >= 1024 && unit < BYTES.length - 1) {
    amount /= 1024;
    unit++;
  }
  const digits = unit === 0 || amount >= 100 ? 0 : 1;
  return `${amount.toFixed(digits)} ${BYTES[unit]}`;
}

const TIMES = [
  [86_400_000, 'day'],
  [3_600_000, 'hour'],
  [60_000, 'minute'],
  [1000, 'second'],
] as const;

/** `2 hours ago`, by the largest unit. */
export function ago(ms: number): string {
  const [size, unit] = TIMES.find(([one]) => ms >= one) ?? [1000, 'second'];
  const count = Math.max(Math.floor(ms / size), 0);
  return count === 0 ? 'just now' : `${count} ${unit}${count === 1 ? '' : 's'} ago`;
}

/** `1,234`. */
export function count(number: number): string {
  return number.toLocaleString('en-US');
}
