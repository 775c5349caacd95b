import { acquireBuffer, JsonPayload, releaseBuffer, toLogEvents } from '@putlogs/core/internal';
import test from 'ava';
import fc from 'fast-check';

const NOON = 1_795_521_600_000;

type Sent = readonly [timestamp: number, message: string];

/** Writes messages that fit into one event each. @returns the whole payload, and what was drained after each event */
function write(records: readonly Sent[]) {
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
  ['a control character after quotes', '"""\n'],
  ['characters of 2, 3 and 4 bytes between quotes', '"é"€"🙃"'],
  ['line separators of JavaScript', '\u2028\u2029'],
  ['DEL and C1 control characters', '\u007f\u0085'],
  ['lone surrogates', 'a\ud800b\udc00'],
  ['a lone surrogate after a quote', '"\ud83d'],
  ['an event of the maximum size, of quotes', '"'.repeat(1_048_550)],
  ['an event of the maximum size, of control characters', '\u0000'.repeat(1_048_550)],
] as const) {
  test(`an event is written as JSON.stringify writes it: ${what}`, (t) => {
    for (const timestamp of [0, NOON, 8_640_000_000_000_000]) {
      const record = [timestamp, message] as const;
      t.is(write([record]).whole, json(record));
    }
  });
}

test('any events are written as JSON.stringify writes them, separated by a comma and a newline', (t) => {
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
        const { whole, each } = write(records);
        t.is(whole, records.map(json).join(',\n'));
        t.deepEqual(
          each,
          records.map((record) => `${json(record)},\n`),
          'drained bytes are not overwritten',
        );
        t.is(whole.split('\n').length, records.length, 'no event contains a raw newline');
      },
    ),
  );
});

test('drainNew returns the events that were appended since the last call', (t) => {
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

test('events that are drained after finish() share the memory of the payload', (t) => {
  for (const expectFull of [false, true]) {
    const payload = new JsonPayload(expectFull);
    for (const event of toLogEvents(NOON, 'x'.repeat(1000))) payload.append(event);
    const whole = payload.finish();
    t.is(payload.drainNew().buffer, whole.buffer);
  }
});

test('a few drained bytes do not keep the buffer of a full batch in memory', (t) => {
  const payload = new JsonPayload(true);
  for (const event of toLogEvents(NOON, 'x'.repeat(1000))) payload.append(event);
  t.true(payload.drainNew().buffer.byteLength < 2000);
});

test('a finished payload retains at most a third more memory than it needs', (t) => {
  for (const size of [1, 1000, 8000, 9000, 300_000, 980_000, 990_000, 1_048_550]) {
    const payload = new JsonPayload();
    for (const event of toLogEvents(NOON, 'x'.repeat(size))) payload.append(event);
    const whole = payload.finish();
    t.true(whole.buffer.byteLength <= 1.34 * whole.length, `${size}: ${whole.buffer.byteLength}`);
  }
});

test('an unneeded buffer of a full batch is reused, unless it was drained', (t) => {
  const buffer = acquireBuffer();
  for (const isDrained of [false, true]) {
    releaseBuffer(buffer);
    const payload = new JsonPayload(true);
    for (const event of toLogEvents(NOON, 'x'.repeat(100_000))) payload.append(event);
    if (isDrained) t.is(payload.drainNew().buffer, buffer.buffer);
    payload.finish();
    t.is(acquireBuffer().buffer === buffer.buffer, !isDrained);
  }
});
