import { encodeFrame, FrameDecoder } from '@putlogs/core/internal';
import test from 'ava';
import fc from 'fast-check';

const NOON = 1_795_521_600_000;

interface DecodedRecord {
  readonly loggedAt: number;
  readonly message: string;
  readonly recordTime: number;
  readonly omittedBytes: number;
}

/** Decodes chunks one after the other, as the worker does. */
function decode(...chunks: readonly (string | Buffer)[]): DecodedRecord[] {
  const taken: DecodedRecord[] = [];
  const decoder = new FrameDecoder((loggedAt, message, recordTime, omittedBytes) =>
    taken.push({ loggedAt, message: message.toString(), recordTime, omittedBytes }),
  );
  for (const piece of chunks) {
    const memory = Buffer.from(piece);
    decoder.push(memory);
    memory.fill('#'); // as if the owner had reused it
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
    t.deepEqual(decode(frame), [{ loggedAt: NOON, message, recordTime: 0, omittedBytes: 0 }]);
  });
}

test('a frame with the time of the record, and back', (t) => {
  const frame = encodeFrame(NOON, 'hello', NOON - 1);
  t.is(frame, '1795521600000 1795521599999 5 hello');
  t.deepEqual(decode(frame), [{ loggedAt: NOON, message: 'hello', recordTime: NOON - 1, omittedBytes: 0 }]);
});

for (const message of ['hello', '']) {
  test(`a frame of "${message}" whose record had more bytes, and back`, (t) => {
    const frame = encodeFrame(NOON, message, 0, 70);
    t.is(frame, `1795521600000 0 070 ${message.length} ${message}`);
    t.deepEqual(decode(frame), [{ loggedAt: NOON, message, recordTime: 0, omittedBytes: 70 }]);
  });
}

const texts = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom('\n', '\r', '"', '\\', ' ', '1', 'n', '\u0000', '\u2028', '🙃', '\ud800', 'close'),
  }),
);
const timestamps = fc.nat({ max: 8.64e15 });
const records = fc.array(
  fc.record({
    loggedAt: timestamps,
    message: texts,
    recordTime: timestamps,
    omittedBytes: fc.oneof(fc.constant(0), fc.nat()),
  }),
);

const encode = (all: readonly DecodedRecord[]) =>
  all
    .map(({ loggedAt, message, recordTime, omittedBytes }) =>
      encodeFrame(loggedAt, message, recordTime, omittedBytes),
    )
    .join('');

/** The records, as they survive UTF-8. */
const wellFormed = (all: readonly DecodedRecord[]) =>
  all.map((record) => ({ ...record, message: record.message.toWellFormed() }));

test('records are decoded as they were, except for lone surrogates, wherever the chunks are cut', (t) => {
  fc.assert(
    fc.property(records, fc.array(fc.nat({ max: 400 })), (given, cuts) => {
      const bytes = Buffer.from(encode(given));
      const at = [0, ...cuts.filter((cut) => cut < bytes.length).toSorted((a, b) => a - b)];
      const chunks = at.map((cut, i) => bytes.subarray(cut, at[i + 1]));
      t.deepEqual(decode(...chunks), wellFormed(given));
    }),
    { numRuns: 2000 },
  );
});

test('messages in ASCII and others are decoded in any order', (t) => {
  for (const messages of [
    ['é', 'abc'],
    ['abc', '🙃'],
    ['🙃', ''],
  ]) {
    const given = messages.map((message) => ({
      loggedAt: NOON,
      message,
      recordTime: NOON + 1,
      omittedBytes: 0,
    }));
    t.deepEqual(decode(encode(given)), given);
    t.deepEqual(decode(...given.map((one) => encode([one]))), given);
  }
});

test('a long message in many chunks is not searched again with each chunk', (t) => {
  const { concat } = Buffer;
  for (const character of ['a', 'é', '🙃']) {
    const bytes = Buffer.from(encodeFrame(NOON, character.repeat(1_000_000)));
    let copiedBytes = 0;
    Buffer.concat = (list, length) => {
      const all = concat(list, length);
      copiedBytes += all.length;
      return all;
    };
    const taken: number[] = [];
    const frames = new FrameDecoder((_, message) => taken.push(message.length));
    for (let at = 0; at < bytes.length; at += 10_000) frames.push(bytes.subarray(at, at + 10_000));
    Buffer.concat = concat;
    t.deepEqual(taken, [Buffer.byteLength(character) * 1_000_000]);
    t.true(copiedBytes < 10 * bytes.length, `${copiedBytes} of ${bytes.length}`);
  }
});
