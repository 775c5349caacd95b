import test from 'ava';
import fc from 'fast-check';
import { CLOSE, decodeFrames, encodeFrame } from '../../../packages/winston/dist/frame.js';

const NOON = 1_795_521_600_000;

interface Taken {
  readonly timestamp: number;
  readonly message: string;
}

/** What is in pieces of text, one after the other, as the worker reads them; and what is left over. */
function decode(...pieces: string[]): { readonly taken: Taken[]; readonly rest: string } {
  const taken: Taken[] = [];
  let rest = '';
  for (const piece of pieces) {
    rest = decodeFrames(rest + piece, (timestamp, message) => taken.push({ timestamp, message }));
  }
  return { taken, rest };
}

for (const [what, message, frame] of [
  ['plain text', 'hello', '1795521600000 5 hello'],
  ['nothing', '', '1795521600000 0 '],
  ['spaces', '  a  ', '1795521600000 5   a  '],
  ['digits', '42', '1795521600000 2 42'],
  ['newlines', 'a\r\nb\n', '1795521600000 5 a\r\nb\n'],
  ['text beyond the Basic Multilingual Plane', '🙃é', '1795521600000 3 🙃é'],
] as const) {
  test(`${what} in a frame, and back`, (t) => {
    t.is(encodeFrame(NOON, message), frame);
    t.deepEqual(decode(frame), { taken: [{ timestamp: NOON, message }], rest: '' });
  });
}

test('the end, and back', (t) => {
  t.deepEqual(decode(encodeFrame(NOON, 'a'), encodeFrame(CLOSE, '')), {
    taken: [
      { timestamp: NOON, message: 'a' },
      { timestamp: CLOSE, message: '' },
    ],
    rest: '',
  });
});

const texts = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom('\n', '\r', '"', '\\', ' ', '1', 'n', '\u0000', '\u2028', '🙃', '\ud800', 'close'),
  }),
);
const timestamps = fc.nat({ max: 8.64e15 });
const records = fc.array(fc.record({ timestamp: timestamps, message: texts }));

const encode = (all: readonly Taken[]) =>
  all.map(({ timestamp, message }) => encodeFrame(timestamp, message)).join('');

test('any records come back as they were, wherever their frames are cut', (t) => {
  fc.assert(
    fc.property(records, fc.array(fc.nat({ max: 400 })), (given, cuts) => {
      const text = encode(given);
      const at = [0, ...cuts.filter((cut) => cut < text.length).toSorted((a, b) => a - b)];
      const pieces = at.map((cut, i) => text.slice(cut, at[i + 1]));
      t.deepEqual(decode(...pieces), { taken: given, rest: '' });
    }),
    { numRuns: 2000 },
  );
});

test('any records survive the way through UTF-8, but for lone surrogates', (t) => {
  fc.assert(
    fc.property(records, (given) => {
      const { taken, rest } = decode(Buffer.from(encode(given)).toString());
      t.is(rest, '');
      t.deepEqual(
        taken,
        given.map(({ timestamp, message }) => ({ timestamp, message: message.toWellFormed() })),
      );
    }),
    { numRuns: 2000 },
  );
});
