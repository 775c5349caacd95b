import { toTimestamp } from '@putlogs/core/internal';
import test from 'ava';
import fc from 'fast-check';

const NOON = 1_795_521_600_000;
const MINUTE = 60_000;

for (const [given, timestamp] of [
  [1_795_521_600_000, 1_795_521_600_000],
  [1_795_521_600_000.4, 1_795_521_600_000],
  [1_795_521_600_000.5, 1_795_521_600_001],
  ['1795521600000', 1_795_521_600_000],
  [1_795_521_600, 1_795_521_600_000],
  [1_795_521_600.123, 1_795_521_600_123],
  ['1795521600.123', 1_795_521_600_123],
  [' 1795521600 ', 1_795_521_600_000],
  [1_000_000_000, 1_000_000_000_000],
  [9_999_999_999, 9_999_999_999_000],
  [1_000_000_000_000, 1_000_000_000_000],
  [9_999_999_999_999, 9_999_999_999_999],
  [new Date(1_795_521_600_000), 1_795_521_600_000],
  ['2026-11-24T12:00:00.000Z', 1_795_521_600_000],
  ['2026-11-24T12:00:00.5Z', 1_795_521_600_500],
  ['2026-11-24T13:00:00+01:00', 1_795_521_600_000],
  ['2026-11-24T00:00Z', 1_795_478_400_000],
  ['1970-01-01T00:00:00Z', 0],
  ['2026-11-24T12:00:00.123456789Z', 1_795_521_600_123],
  ['2026-11-24 12:00:00', new Date(2026, 10, 24, 12).getTime()],
  ['2026-11-24 12:00', new Date(2026, 10, 24, 12).getTime()],
  ['2026-11-24 12:00:00.5 +0100', 1_795_518_000_500],
] as const) {
  test(`${JSON.stringify(given)} (${typeof given}) is ${timestamp}`, (t) => {
    t.is(toTimestamp(given, NOON), timestamp);
  });
}

for (const [what, given] of [
  ['undefined', undefined],
  ['null', null],
  ['true', true],
  ['empty text', ''],
  ['blank text', ' '],
  ['a word', 'yesterday'],
  ['a time without a day', '12:30:45'],
  ['NaN', Number.NaN],
  ['NaN as text', 'NaN'],
  ['infinity', Number.POSITIVE_INFINITY],
  ['infinity as text', 'Infinity'],
  ['a negative number', -1],
  ['a small number, such as a position in a video', 42],
  ['too few digits for seconds', 999_999_999],
  ['eleven digits', 10_000_000_000],
  ['too few digits for milliseconds', 999_999_999_999],
  ['too many digits for milliseconds', 10_000_000_000_000],
  ['YYYYMMDDHHmmss', '20261124120000'],
  ['YYYYMMDDHHmmss as a number', 20_261_124_120_000],
  ['YYYYMMDDHHmm', '202611241200'],
  ['YYYYMMDD', '20261124'],
  ['YYMMDDHHmmss', '261124120000'],
  ['a number with an exponent', '1.7955216e12'],
  ['a hexadecimal number', '0x6b04f380'],
  ['a day', '2026-11-24'],
  ['microseconds', 1_795_521_600_000_000],
  ['a negative number as text', '-1'],
  ['a day that does not exist', '2026-13-40T00:00:00Z'],
  ['a moment before 1970', '1969-12-31T23:59:59.999Z'],
  ['an object', {}],
  ['an array', [1_795_521_600_000]],
  ['a bigint', 1_795_521_600_000n],
  ['a symbol', Symbol('now')],
  ['a function', () => 1_795_521_600_000],
  ['an invalid Date', new Date(Number.NaN)],
  ['a Date before 1970', new Date(-1)],
] as const) {
  test(`${what} is not a time`, (t) => t.is(toTimestamp(given, NOON), undefined));
}

// Date.parse() reads a wrong date from each of these, and the service would reject the event for its timestamp.
for (const text of ['build 7', 'request 12', 'May', '05/11/2026 10:00:00']) {
  test(`"${text}" is neither ISO 8601 nor a number`, (t) => {
    t.is(toTimestamp(text, NOON), undefined);
  });
}

test('any value becomes a whole number of milliseconds since 1970, or no time', (t) => {
  const given = fc.oneof(fc.anything(), fc.double(), fc.date({ noInvalidDate: false }), fc.string());
  fc.assert(
    fc.property(given, (value) => {
      const timestamp = toTimestamp(value, NOON);
      t.true(timestamp === undefined || (Number.isSafeInteger(timestamp) && timestamp >= 0));
    }),
    { numRuns: 1000 },
  );
});

/** Local time, formatted as in the locale `sv-SE`. */
function local(timestamp: number): string {
  const at = new Date(timestamp - new Date(timestamp).getTimezoneOffset() * MINUTE);
  return at.toISOString().slice(0, 19).replace('T', ' ');
}

for (const [minutes, counts] of [
  [0, true],
  [4, true],
  [-4, true],
  [6, false],
  [-6, false],
  // The smallest difference between two zones, two common ones, and Tokyo.
  [15, false],
  [-30, false],
  [-60, false],
  [9 * 60, false],
] as const) {
  test(`text without an offset, ${minutes} minutes from the log call, ${counts ? 'is accepted' : 'is not accepted: it may be of another time zone'}`, (t) => {
    const then = NOON + minutes * MINUTE;
    t.is(toTimestamp(local(then), NOON), counts ? then : undefined);
    t.is(toTimestamp(new Date(then).toISOString(), NOON), then, 'with an offset it is accepted');
  });
}
