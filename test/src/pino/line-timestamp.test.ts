import { Writable } from 'node:stream';
import { timeOf } from '@putlogs/pino/internal';
import test from 'ava';
import fc from 'fast-check';
import pino, { type LoggerOptions } from 'pino';

const NOON = 1_795_521_600_000;

const timeIn = (line: string) => timeOf(Buffer.from(line), NOON);

for (const [what, line, timestamp] of [
  ['milliseconds', '{"level":30,"time":1795521600000,"msg":"x"}', NOON],
  ['seconds', '{"level":30,"time":1795521600,"msg":"x"}', NOON],
  ['seconds with a fraction', '{"level":30,"time":1795521600.5,"msg":"x"}', NOON + 500],
  ['ISO 8601', '{"level":30,"time":"2026-11-24T12:00:00.000Z","msg":"x"}', NOON],
  ['milliseconds as text', '{"level":30,"time":"1795521600000","msg":"x"}', NOON],
  ['nothing behind it', '{"level":30,"time":1795521600000}', NOON],
  ['no level in front', '{"time":1795521600000,"msg":"x"}', NOON],
  ['no level and nothing behind it', '{"time":1795521600000}', NOON],
  ['a level that is a label', '{"level":"info","time":1795521600000,"msg":"x"}', NOON],
  ['a level that is an empty label', '{"level":"","time":1795521600000,"msg":"x"}', NOON],
  ['a negative level', '{"level":-1,"time":1795521600000,"msg":"x"}', NOON],
  ['a level with quotes in it', String.raw`{"level":"a\"b","time":1795521600000,"msg":"x"}`, NOON],
  [
    'a level that looks like a time',
    String.raw`{"level":"x\",\"time\":1,\"y\":\"","time":1795521600000}`,
    NOON,
  ],
  ['a level of its own, far too long', `{"level":"${'x'.repeat(200)}","time":1795521600000}`, NOON],
  ['a time with an escape', String.raw`{"level":30,"time":"2026-11-24T12:00:00\u002e000Z"}`, NOON],
  ['spaces between everything', '{ "level" : 30 , "time" : 1795521600000 }', NOON],
  ['other fields in front', '{"pid":7,"msg":"x","time":1795521600000}', NOON],
  ['its time under timestamp', '{"level":30,"timestamp":"2026-11-24T12:00:00Z","msg":"x"}', NOON],
  ['its time under @timestamp', '{"@timestamp":"2026-11-24T12:00:00Z","message":"x"}', NOON],
  ['a time and a timestamp', '{"timestamp":1,"time":1795521600000}', NOON],
  ['a timestamp and an @timestamp', '{"@timestamp":1,"timestamp":1795521600000}', NOON],
  ['a time that is none, and a timestamp', '{"level":30,"time":"soon","timestamp":1795521600000}', NOON],
  ['a time that is null, and a timestamp', '{"level":30,"time":null,"timestamp":1795521600000}', NOON],
  ['two times, of which the first counts', '{"pid":1,"time":1795521600000,"time":1795435200000}', NOON],
  [
    'two times, and others further in',
    '{"a":{"time":1,"b":[{"time":2}]},"time":1795521600000,"time":1}',
    NOON,
  ],
  ['a second time whose name has an escape', String.raw`{"pid":1,"time":1795521600000,"tim\u0065":1}`, NOON],
  [
    'a first time that is none, and a second',
    '{"pid":1,"time":"soon","time":1,"timestamp":1795521600000}',
    NOON,
  ],
  ["a child's own time behind the time", '{"level":30,"time":1795521600000,"time":1,"msg":"x"}', NOON],
  ['another object with a time behind it', '{"level":30,"time":1795521600000,"a":{"time":1}}', NOON],
  ['a message that quotes a time', String.raw`{"level":30,"time":1795521600000,"msg":"\"time\":1,"}`, NOON],
] as const) {
  test(`the time of a line with ${what}`, (t) => t.is(timeIn(line), timestamp));
}

for (const [what, line] of [
  ['without a time', '{"level":30,"msg":"x"}'],
  ['with a time in another object only', '{"level":30,"req":{"time":1795521600000}}'],
  ['with a time in an array only', '{"level":30,"list":[{"time":1795521600000}]}'],
  ['with a message that quotes a time', String.raw`{"level":30,"msg":"\"time\":1795521600000,"}`],
  ['whose level quotes a time', String.raw`{"level":"\",\"time\":1795521600000,","msg":"x"}`],
  ['that is no JSON, since its level is missing', '{"level":,"time":1795521600000,"msg":"x"}'],
  ['whose time is no time', '{"level":30,"time":"soon"}'],
  ['whose time is negative', '{"level":30,"time":-1}'],
  ['whose time has too many digits', '{"level":30,"time":1795521600000000000000000}'],
  ['whose time is true', '{"level":30,"time":true}'],
  ['whose time is an object', '{"level":30,"time":{"ms":1795521600000}}'],
  ['that is no JSON', 'Segmentation fault (core dumped)'],
  ['that is no JSON, and quotes a time', 'found "time":1795521600000 in the log'],
  ['that is cut off before the time ends', '{"level":30,"time":17955216'],
  ['that is empty', ''],
  ['that is null', 'null'],
  ['that is a number', '1795521600000'],
  ['that is a string', '"2026-11-24T12:00:00Z"'],
  ['that is true', 'true'],
  ['that is an array', '[1795521600000]'],
  ['that is an empty object', '{}'],
] as const) {
  test(`a line ${what} has no time`, (t) => t.is(timeIn(line), undefined));
}

test('the time is found in a line that is cut off behind it', (t) => {
  t.is(timeIn('{"level":30,"time":1795521600000,"msg":"and th'), NOON);
});

/** The line that Pino writes for a record. */
function lineOf(options: LoggerOptions, bindings: object, record: object, text: string): string {
  let line = '';
  const stream = new Writable({
    write(chunk: Buffer, _encoding, callback) {
      line += chunk.toString();
      callback();
    },
  });
  pino(options, stream).child(bindings).warn(record, text);
  return line.trimEnd();
}

/** The arguments of a log call, without a time of their own at the top. */
const records = fc
  .dictionary(
    fc.oneof(fc.string(), fc.constantFrom('level', 'time2', 'a"time"', 'timestamp')),
    fc.jsonValue(),
  )
  .map((record) => {
    const { time: _, ...rest } = { time: 0, ...record };
    return { ...rest, nested: { time: 1, level: 2, ...record } };
  });

const texts = fc.oneof(fc.string(), fc.constantFrom('"time":1,', '{"level":30,"time":1,', '\n{"time":1}'));

const SETUPS = [
  ['as it is', {}],
  ['with labels for levels', { formatters: { level: (label) => ({ level: label }) } }],
  ['with a level under another name', { formatters: { level: (label) => ({ severity: label }) } }],
  ['with a message key of its own', { messageKey: 'time2' }],
  ['with nested records', { nestedKey: 'payload' }],
  ['with no base', { base: null }],
  ['with ISO times', { timestamp: pino.stdTimeFunctions.isoTime }],
  ['with times in seconds', { timestamp: pino.stdTimeFunctions.unixTime }],
] as const satisfies readonly (readonly [string, LoggerOptions])[];

for (const [what, options] of SETUPS) {
  test(`Pino ${what}: the time is that of the record, whatever was logged`, (t) => {
    fc.assert(
      fc.property(records, records, texts, (bindings, record, text) => {
        const line = lineOf(options, bindings, record, text);
        const { time } = JSON.parse(line) as { time: number | string };
        // What Pino's three ways to write the time mean, in milliseconds.
        const expected =
          typeof time === 'string' ? new Date(time).getTime() : time < 1e11 ? time * 1000 : time;
        t.is(timeIn(line), expected);
      }),
    );
  });
}

test('Pino without a timestamp: no time is found, whatever is further in', (t) => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const line = lineOf({ timestamp: false }, { child: { time: 1 } }, { nested: { time: NOON } }, text);
      t.is(timeIn(line), undefined);
    }),
  );
});

test('for any line the time is a whole number from 1970 on, or undefined', (t) => {
  const pieces = fc.constantFrom(
    '{',
    '}',
    '"level":30',
    '"time":',
    '1795521600000',
    '"',
    ',',
    '\\',
    '[',
    '-',
    'x',
  );
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: pieces }), fc.json()), (line) => {
      const timestamp = timeIn(line);
      t.true(timestamp === undefined || (Number.isSafeInteger(timestamp) && timestamp >= 0));
    }),
    { numRuns: 1000 },
  );
});
