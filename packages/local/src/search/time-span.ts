const UNITS_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** The milliseconds of a span such as `15m`, in seconds, minutes, hours or days; undefined if it is none. */
export function parseSpan(text: string): number | undefined {
  const [, count, unit = ''] = /^(\d+)([smhd])$/.exec(text) ?? [];
  const factor = UNITS_MS[unit];
  return count === undefined || factor === undefined ? undefined : Number(count) * factor;
}
