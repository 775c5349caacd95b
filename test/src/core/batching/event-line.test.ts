import { isUtf8 } from 'node:buffer';
import { JsonPayload, readEventLine, toLogEvents } from '@putlogs/core/internal';
import test from 'ava';
import fc from 'fast-check';

const SOURCES = ['final', 'host', 'record'] as const;

/** The line of an event, as it is sent and written to the spool. */
function lineOf(timestamp: number, message: string, source: (typeof SOURCES)[number] = 'final'): Buffer {
  const payload = new JsonPayload();
  for (const event of toLogEvents(timestamp, message, source)) payload.append(event);
  return payload.finish();
}

const read = (line: Buffer) => readEventLine(line, 0, line.length);

const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 });
const timestamp = fc.integer({ min: 0, max: 8.64e15 });

test('every event that is written can be read, with its timestamp and the size of its message', (t) => {
  fc.assert(
    fc.property(timestamp, text, fc.constantFrom(...SOURCES), (time, message, source) => {
      const event = read(lineOf(time, message, source));
      t.is(event?.timestamp, time);
      t.is(event?.isProvisional, source !== 'final');
      t.is(event?.messageBytes, Buffer.byteLength(message));
    }),
  );
});

const edit = fc.record({
  offset: fc.nat(120),
  removed: fc.constantFrom(0, 1, 2, 6),
  inserted: fc.constantFrom(
    '',
    '"',
    '\\',
    '\\"',
    '\\u0041',
    '\\x',
    ',"a":1',
    '"},{"a":"',
    '\n',
    '}',
    ' ',
    '-',
    '9',
    '\u0007',
    'é',
  ),
});

test('a line that was changed anywhere is either not read or is exactly one valid event', (t) => {
  fc.assert(
    fc.property(timestamp, text, fc.array(edit, { minLength: 1, maxLength: 3 }), (time, message, edits) => {
      let line = lineOf(time, message);
      for (const { offset, removed, inserted } of edits)
        line = Buffer.concat([
          line.subarray(0, offset),
          Buffer.from(inserted),
          line.subarray(offset + removed),
        ]);
      const event = read(line);
      if (event === undefined || !isUtf8(line)) return;
      const parsed = JSON.parse(line.toString());
      t.deepEqual(Object.keys(parsed), ['timestamp', 'message']);
      t.is(parsed.timestamp, event.timestamp);
      t.is(Buffer.byteLength(parsed.message), event.messageBytes);
      t.true(event.messageBytes > 0);
    }),
    { numRuns: 5000 },
  );
});

for (const line of [
  '{"timestamp":1,"message":"a"},{"timestamp":2,"message":"b"}',
  '{"timestamp":1,"message":"a","x":""}',
  '{"timestamp":1,"message":"a\\"}',
  '{"timestamp":1,"message":"\\u0041"}',
  '{"timestamp":1,"message":""}',
  '{"timestamp":01,"message":"a"}',
  '{"timestamp":-1,"message":"a"}',
  '{"timestamp":99999999999999999,"message":"a"}',
  '{"timestamp":1   ,"message":"a"}',
  '{"timestamp":,"message":"a"}',
  '{"message":"a","timestamp":1}',
  '',
]) {
  test(`a line that JsonPayload would not write is refused: ${line}`, (t) => {
    t.is(read(Buffer.from(line)), undefined);
  });
}
