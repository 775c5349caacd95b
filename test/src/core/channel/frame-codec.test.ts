import { decodeFrames, FrameBuffer } from '@putlogs/core/internal';
import test from 'ava';
import fc from 'fast-check';

const NOON = 1_795_521_600_000;

interface DecodedRecord {
  readonly loggedAt: number;
  readonly message: string;
  readonly recordTime: number;
  readonly omittedBytes: number;
  readonly level: number | undefined;
}

function decode(frames: Uint8Array): DecodedRecord[] {
  const taken: DecodedRecord[] = [];
  decodeFrames(frames, (loggedAt, message, recordTime, omittedBytes, level) =>
    taken.push({ loggedAt, message: message.toString(), recordTime, omittedBytes, level }),
  );
  return taken;
}

for (const [what, message] of [
  ['plain text', 'hello'],
  ['nothing', ''],
  ['newlines', 'a\r\nb\n'],
  ['text beyond the Basic Multilingual Plane', '🙃é'],
  ['a long text', 'x'.repeat(1_000_000)],
] as const) {
  test(`${what} in a frame, and back`, (t) => {
    const record = { loggedAt: NOON, message, recordTime: 0, omittedBytes: 0, level: undefined };
    t.deepEqual(decode(FrameBuffer.frameOf([NOON, message])), [record]);
    t.deepEqual(decode(FrameBuffer.frameOf([NOON, message, NOON - 1])), [
      { ...record, recordTime: NOON - 1 },
    ]);
    t.deepEqual(decode(FrameBuffer.frameOf([NOON, message, undefined, 70])), [
      { ...record, omittedBytes: 70 },
    ]);
    t.deepEqual(decode(FrameBuffer.frameOf([NOON, message, 0, 70, 30])), [
      { ...record, omittedBytes: 70, level: 30 },
    ]);
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
    omittedBytes: fc.nat(),
    level: fc.option(fc.integer({ min: 1, max: 100 }), { nil: undefined }),
  }),
);

/** The records, as they survive UTF-8. */
const wellFormed = (all: readonly DecodedRecord[]) =>
  all.map((record) => ({ ...record, message: record.message.toWellFormed() }));

test('records are decoded as they were, except for lone surrogates, also where the memory was used before', (t) => {
  const buffer = new FrameBuffer(4096);
  fc.assert(
    fc.property(records, (given) => {
      buffer.clear();
      const added = given.filter(({ loggedAt, message, recordTime, omittedBytes, level }) =>
        buffer.add([loggedAt, message, recordTime, omittedBytes, level]),
      );
      t.deepEqual(decode(buffer.frames), wellFormed(added));
      t.is(buffer.frames.length, buffer.length);
    }),
    { numRuns: 2000 },
  );
});

for (const [character, bytes] of [
  ['a', 1],
  ['é', 2],
  ['€', 3],
] as const) {
  test(`a record that just fits is added, one byte more is not (${bytes} bytes a character)`, (t) => {
    const buffer = new FrameBuffer(32 + 24 * bytes);
    t.false(buffer.add([NOON, `${character.repeat(24)}a`]));
    t.is(buffer.length, 0);
    t.true(buffer.add([NOON, character.repeat(24)]));
    t.is(buffer.length, 32 + 24 * bytes);
    t.false(buffer.add([NOON, '']));
    t.deepEqual(
      decode(buffer.frames).map(({ message }) => message),
      [character.repeat(24)],
    );
  });
}
