import { acquireBuffer, JsonPayload, releaseBuffer, toLogEvents } from '@putlogs/core/internal';
import test from 'ava';
import fc from 'fast-check';

const NOON = 1_795_521_600_000;

type Sent = readonly [timestamp: number, message: string];

/** What is written for messages that make one event each: event by event, and as a whole. */
function written(records: readonly Sent[]) {
  const payload = new JsonPayload();
  const views = records.flatMap(([timestamp, message]) =>
    toLogEvents(timestamp, message).map((event) => {
      payload.append(event);
      return payload.drainNew();
    }),
  );
  return { whole: payload.finish().toString(), each: views.map(String) };
}

const json = ([timestamp, message]: Sent) => JSON.stringify({ timestamp, message: message.toWellFormed() });

for (const [what, message] of [
  ['plain', 'hello'],
  ['nothing but quotes', '"'.repeat(1000)],
  ['nothing but backslashes', '\\'.repeat(1000)],
  ['a line of JSON', '{"level":30,"msg":"say \\"hi\\""}'],
  ['every control character', String.fromCharCode(...Array(32).keys())],
  ['a control character behind quotes', '"""\n'],
  ['characters of 2, 3 and 4 bytes between quotes', '"é"€"🙃"'],
  ['characters that JavaScript alone takes for newlines', '\u2028\u2029'],
  ['delete and C1 control characters', '\u007f\u0085'],
  ['lone surrogates', 'a\ud800b\udc00'],
  ['a lone surrogate behind a quote', '"\ud83d'],
  ['the longest event, of quotes', '"'.repeat(1_048_550)],
  ['the longest event, of control characters', '\u0000'.repeat(1_048_550)],
] as const) {
  test(`an event is written as JSON.stringify writes it: ${what}`, (t) => {
    for (const timestamp of [0, NOON, 8_640_000_000_000_000]) {
      const record = [timestamp, message] as const;
      t.is(written([record]).whole, json(record));
    }
  });
}

test('events are written as JSON.stringify writes them, whatever the messages, a comma and a newline between', (t) => {
  const units = fc.constantFrom(
    'a',
    '"',
    '\\',
    '\n',
    '\u0000',
    '\u001f',
    ' ',
    'é',
    '€',
    '🙃',
    '\ud800',
    '\udc00',
  );
  const messages = fc.oneof(
    fc.string({ unit: units, minLength: 1, maxLength: 50 }),
    fc.string({ unit: 'binary', minLength: 1 }),
    fc.string({ unit: units, minLength: 3000, maxLength: 9000 }),
  );
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat({ max: 8.64e15 }), messages), { minLength: 1, maxLength: 30 }),
      (records) => {
        const { whole, each } = written(records);
        t.is(whole, records.map(json).join(',\n'));
        t.deepEqual(
          each,
          records.map((record) => `${json(record)},\n`),
          'what was handed out is not overwritten',
        );
        t.is(whole.split('\n').length, records.length, 'no raw newline in any of them');
      },
    ),
  );
});

test('what is new is what was appended since it was asked for', (t) => {
  const payload = new JsonPayload();
  const append = (text: string) => {
    for (const event of toLogEvents(NOON, text)) payload.append(event);
  };
  t.is(payload.drainNew().length, 0);
  append('a');
  append('b'.repeat(100_000));
  t.is(
    payload.drainNew().toString(),
    ['a', 'b'.repeat(100_000)].map((text) => `${json([NOON, text])},\n`).join(''),
  );
  t.is(payload.drainNew().length, 0);
  append('c');
  payload.finish();
  t.is(payload.drainNew().toString(), `${json([NOON, 'c'])},\n`);
});

test('what is new when all is finished is not in memory a second time', (t) => {
  for (const followsFull of [false, true]) {
    const payload = new JsonPayload(followsFull);
    for (const event of toLogEvents(NOON, 'x'.repeat(1000))) payload.append(event);
    const whole = payload.finish();
    t.is(payload.drainNew().buffer, whole.buffer);
  }
});

test('a little that is new does not keep the room of a full batch in memory', (t) => {
  const payload = new JsonPayload(true);
  for (const event of toLogEvents(NOON, 'x'.repeat(1000))) payload.append(event);
  t.true(payload.drainNew().buffer.byteLength < 2000);
});

test('what is finished keeps a third more memory than it has bytes at most', (t) => {
  for (const size of [1, 1000, 8000, 9000, 300_000, 980_000, 990_000, 1_048_550]) {
    const payload = new JsonPayload();
    for (const event of toLogEvents(NOON, 'x'.repeat(size))) payload.append(event);
    const whole = payload.finish();
    t.true(whole.buffer.byteLength <= 1.34 * whole.length, `${size}: ${whole.buffer.byteLength}`);
  }
});

test('room of a full batch that was not needed is for the next one, unless it was handed out', (t) => {
  const room = acquireBuffer();
  for (const isHandedOut of [false, true]) {
    releaseBuffer(room);
    const payload = new JsonPayload(true);
    for (const event of toLogEvents(NOON, 'x'.repeat(100_000))) payload.append(event);
    if (isHandedOut) t.is(payload.drainNew().buffer, room.buffer);
    payload.finish();
    t.is(acquireBuffer().buffer === room.buffer, !isHandedOut);
  }
});
