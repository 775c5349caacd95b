const pad = (value: number, length = 2): string => String(value).padStart(length, '0');

/** A time of day in the browser's zone, with milliseconds. */
export function timeOfDay(timestamp: number): string {
  const date = new Date(timestamp);
  if (Number.isNaN(date.getTime())) return String(timestamp);
  return `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}.${pad(date.getMilliseconds(), 3)}`;
}

/** A date with its time, in the browser's zone. */
export function dateAndTime(timestamp: number): string {
  const date = new Date(timestamp);
  if (Number.isNaN(date.getTime())) return String(timestamp);
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())} ${timeOfDay(timestamp)}`;
}

const NUMBERS = new Intl.NumberFormat('en-US');
const SHORT = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 });

export const count = (value: number): string => NUMBERS.format(value);
export const short = (value: number): string => SHORT.format(value);

export function bytes(value: number): string {
  if (value < 1_024) return `${Math.round(value)} B`;
  if (value < 1_048_576) return `${short(value / 1_024)} KiB`;
  return `${short(value / 1_048_576)} MiB`;
}

export const percent = (share: number): string =>
  `${share > 0 && share < 0.01 ? '<1' : Math.round(share * 100)} %`;

/** A span of time, such as `1.5 s`. */
export function duration(ms: number): string {
  if (Math.abs(ms) < 1_000) return `${ms} ms`;
  if (Math.abs(ms) < 60_000) return `${short(ms / 1_000)} s`;
  if (Math.abs(ms) < 3_600_000) return `${short(ms / 60_000)} min`;
  return `${short(ms / 3_600_000)} h`;
}
