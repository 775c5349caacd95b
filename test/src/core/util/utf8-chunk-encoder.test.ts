import { Utf8ChunkEncoder } from '@putlogs/core/internal';
import test from 'ava';
import fc from 'fast-check';

const CHUNK = 64 * 1024;

/** Copies of the chunks that these texts are encoded to. */
function chunksOf(...texts: readonly string[]): Buffer[] {
  const taken: Buffer[] = [];
  const encoder = new Utf8ChunkEncoder((chunk) => taken.push(Buffer.from(chunk)));
  for (const text of texts) encoder.push(text);
  return taken;
}

test('each short text is one chunk, and an empty text is none', (t) => {
  t.deepEqual(chunksOf('a', '', 'é€🙃').map(String), ['a', 'é€🙃']);
});

test('all chunks share one buffer', (t) => {
  const buffers = new Set<ArrayBufferLike>();
  const encoder = new Utf8ChunkEncoder(({ buffer }) => buffers.add(buffer));
  encoder.push('a'.repeat(3 * CHUNK));
  encoder.push('b');
  t.is(buffers.size, 1);
});

for (const character of ['a', 'é', '€', '🙃', '\ud83d', '\udc00']) {
  test(`long text with ${JSON.stringify(character)} at the end of a chunk is cut between characters`, (t) => {
    for (let before = CHUNK - 3; before <= CHUNK + 1; before++) {
      const text = `${'.'.repeat(before)}${character.repeat(5)}${'.'.repeat(CHUNK)}`;
      t.deepEqual(Buffer.concat(chunksOf(text)), Buffer.from(text), `${before}`);
    }
  });
}

test('a chunk has room for characters of three bytes', (t) => {
  const text = '€'.repeat(2 * CHUNK);
  t.deepEqual(chunksOf(text).map(String), ['€'.repeat(CHUNK), '€'.repeat(CHUNK)]);
});

test('all chunks together are the text', (t) => {
  const unit = fc.string({
    unit: fc.constantFrom('a', 'é', '€', '🙃', '\ud83d', '\ude43'),
    minLength: 1,
    maxLength: 9,
  });
  fc.assert(
    fc.property(unit, fc.integer({ min: 1, max: 3 * CHUNK }), (text, times) => {
      const long = text.repeat(Math.ceil(times / text.length));
      t.true(Buffer.concat(chunksOf(long)).equals(Buffer.from(long)));
    }),
    { numRuns: 100 },
  );
});
