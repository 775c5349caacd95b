import { encodeFrame, FrameDecoder } from '@putlogs/winston/internal';
import test from 'ava';
import fc from 'fast-check';

const NOON = 1_795_521_600_000;

interface Taken {
  readonly timestamp: number;
  readonly message: string;
  readonly recordTime: number;
}

/** What is in pieces of text, one after the other, as the worker reads them. */
function decode(...pieces: readonly (string | Buffer)[]): Taken[] {
  const taken: Taken[] = [];
  const frames = new FrameDecoder((timestamp, message, recordTime) =>
    taken.push({ timestamp, message: message.toString(), recordTime }),
  );
  for (const piece of pieces) {
    const memory = Buffer.from(piece);
    frames.push(memory);
    memory.fill('#'); // as when it is used anew
  }
  return taken;
}

for (const [what, message, frame] of [
  ['plain text', 'hello', '1795521600000 0 5 hello'],
  ['nothing', '', '1795521600000 0 0 '],
  ['spaces', '  a  ', '1795521600000 0 5   a  '],
  ['digits', '42', '1795521600000 0 2 42'],
  ['newlines', 'a\r\nb\n', '1795521600000 0 5 a\r\nb\n'],
  ['text beyond the Basic Multilingual Plane', '🙃é', '1795521600000 0 3 🙃é'],
] as const) {
  test(`${what} in a frame, and back`, (t) => {
    t.is(encodeFrame(NOON, message), frame);
    t.deepEqual(decode(frame), [{ timestamp: NOON, message, recordTime: 0 }]);
  });
}

test('with the time that the record says, and back', (t) => {
  const frame = encodeFrame(NOON, 'hello', NOON - 1);
  t.is(frame, '1795521600000 1795521599999 5 hello');
  t.deepEqual(decode(frame), [{ timestamp: NOON, message: 'hello', recordTime: NOON - 1 }]);
});

const texts = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom('\n', '\r', '"', '\\', ' ', '1', 'n', '\u0000', '\u2028', '🙃', '\ud800', 'close'),
  }),
);
const timestamps = fc.nat({ max: 8.64e15 });
const records = fc.array(fc.record({ timestamp: timestamps, message: texts, recordTime: timestamps }));

const encode = (all: readonly Taken[]) =>
  all.map(({ timestamp, message, recordTime }) => encodeFrame(timestamp, message, recordTime)).join('');

/** As they come out of UTF-8. */
const wellFormed = (all: readonly Taken[]) =>
  all.map((record) => ({ ...record, message: record.message.toWellFormed() }));

test('any records come back as they were, but for lone surrogates, wherever their frames are cut', (t) => {
  fc.assert(
    fc.property(records, fc.array(fc.nat({ max: 400 })), (given, cuts) => {
      const bytes = Buffer.from(encode(given));
      const at = [0, ...cuts.filter((cut) => cut < bytes.length).toSorted((a, b) => a - b)];
      const pieces = at.map((cut, i) => bytes.subarray(cut, at[i + 1]));
      t.deepEqual(decode(...pieces), wellFormed(given));
    }),
    { numRuns: 2000 },
  );
});

test('a message in ASCII behind one that is not, and the other way round', (t) => {
  for (const messages of [
    ['é', 'abc'],
    ['abc', '🙃'],
    ['🙃', ''],
  ]) {
    const given = messages.map((message) => ({ timestamp: NOON, message, recordTime: NOON + 1 }));
    t.deepEqual(decode(encode(given)), given);
    t.deepEqual(decode(...given.map((one) => encode([one]))), given);
  }
});

test('a long message in many pieces is not gone through with each of them', (t) => {
  const { concat } = Buffer;
  for (const character of ['a', 'é', '🙃']) {
    const bytes = Buffer.from(encodeFrame(NOON, character.repeat(1_000_000)));
    let mergeGaps = 0;
    Buffer.concat = (list, length) => {
      const all = concat(list, length);
      mergeGaps += all.length;
      return all;
    };
    const taken: number[] = [];
    const frames = new FrameDecoder((_, message) => taken.push(message.length));
    for (let at = 0; at < bytes.length; at += 10_000) frames.push(bytes.subarray(at, at + 10_000));
    Buffer.concat = concat;
    t.deepEqual(taken, [Buffer.byteLength(character) * 1_000_000]);
    t.true(mergeGaps < 10 * bytes.length, `${mergeGaps} of ${bytes.length}`);
  }
});
