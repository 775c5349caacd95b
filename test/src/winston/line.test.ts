import test from 'ava';
import fc from 'fast-check';
import { CLOSE, decodeLine, encodeLine } from '../../../packages/winston/dist/line.js';

const NOON = 1_795_521_600_000;

for (const [what, message, line] of [
  ['plain text', 'hello', '1795521600000 hello\n'],
  ['nothing', '', '1795521600000 \n'],
  ['spaces', '  a  ', '1795521600000   a  \n'],
  ['digits', '42', '1795521600000 42\n'],
  ['text in quotes', '"hello"', '1795521600000 "hello"\n'],
  ['JSON', '{"a":1}', '1795521600000 {"a":1}\n'],
  ['a carriage return', 'a\rb', '1795521600000 a\rb\n'],
  ['a newline', 'a\nb', '1795521600000"a\\nb"\n'],
  ['a newline alone', '\n', '1795521600000"\\n"\n'],
] as const) {
  test(`${what} as a line, and back`, (t) => {
    t.is(encodeLine(NOON, message), line);
    t.deepEqual(decodeLine(line.slice(0, -1)), { timestamp: NOON, message });
  });
}

const texts = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom('\n', '\r', '"', '\\', ' ', '1', 'n', '\u0000', '\u2028', '🙃', '\ud800', 'close'),
  }),
);
const timestamps = fc.nat({ max: 8.64e15 });

test('any record comes back from its line as it was', (t) => {
  fc.assert(
    fc.property(timestamps, texts, (timestamp, message) => {
      const line = encodeLine(timestamp, message);
      t.is(line.indexOf('\n'), line.length - 1, 'one newline, at the end');
      t.deepEqual(decodeLine(line.slice(0, -1)), { timestamp, message });
    }),
    { numRuns: 2000 },
  );
});

test('any record survives the way through UTF-8, but for lone surrogates', (t) => {
  fc.assert(
    fc.property(timestamps, texts, (timestamp, given) => {
      const line = Buffer.from(encodeLine(timestamp, given)).toString();
      const { timestamp: arrived, message } = decodeLine(line.slice(0, -1));
      t.is(arrived, timestamp);
      t.is(message.toWellFormed(), given.toWellFormed());
    }),
    { numRuns: 2000 },
  );
});

test('any records one after the other can be told apart', (t) => {
  fc.assert(
    fc.property(fc.array(fc.tuple(timestamps, texts)), (records) => {
      const lines = records
        .map(([timestamp, message]) => encodeLine(timestamp, message))
        .join('')
        .split('\n');
      t.is(lines.pop(), '');
      t.deepEqual(
        lines.map(decodeLine),
        records.map(([timestamp, message]) => ({ timestamp, message })),
      );
    }),
  );
});

test('no record is taken for the end', (t) => {
  fc.assert(
    fc.property(timestamps, fc.oneof(texts, fc.constant(CLOSE)), (timestamp, message) => {
      t.not(encodeLine(timestamp, message).slice(0, -1), CLOSE);
    }),
  );
});
