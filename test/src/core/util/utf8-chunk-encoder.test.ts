import { Utf8ChunkEncoder } from '@putlogs/core/internal';
import test from 'ava';
import fc from 'fast-check';

const PIECE = 64 * 1024;

/** The pieces that come of each of the texts, copied when they come. */
function piecesOf(...texts: readonly string[]): Buffer[] {
  const taken: Buffer[] = [];
  const pieces = new Utf8ChunkEncoder((piece) => taken.push(Buffer.from(piece)));
  for (const text of texts) pieces.push(text);
  return taken;
}

test('short texts are a piece each, one of no text none', (t) => {
  t.deepEqual(piecesOf('a', '', 'é€🙃').map(String), ['a', 'é€🙃']);
});

test('all pieces have the same memory', (t) => {
  const memories = new Set<ArrayBufferLike>();
  const pieces = new Utf8ChunkEncoder(({ buffer }) => memories.add(buffer));
  pieces.push('a'.repeat(3 * PIECE));
  pieces.push('b');
  t.is(memories.size, 1);
});

for (const character of ['a', 'é', '€', '🙃', '\ud83d', '\udc00']) {
  test(`long text is cut between characters, wherever ${JSON.stringify(character)} stands`, (t) => {
    for (let before = PIECE - 3; before <= PIECE + 1; before++) {
      const text = `${'.'.repeat(before)}${character.repeat(5)}${'.'.repeat(PIECE)}`;
      t.deepEqual(Buffer.concat(piecesOf(text)), Buffer.from(text), `${before}`);
    }
  });
}

test('a piece has room for characters of three bytes', (t) => {
  const text = '€'.repeat(2 * PIECE);
  t.deepEqual(piecesOf(text).map(String), ['€'.repeat(PIECE), '€'.repeat(PIECE)]);
});

test('the pieces together are the text', (t) => {
  const unit = fc.string({
    unit: fc.constantFrom('a', 'é', '€', '🙃', '\ud83d', '\ude43'),
    minLength: 1,
    maxLength: 9,
  });
  fc.assert(
    fc.property(unit, fc.integer({ min: 1, max: 3 * PIECE }), (text, times) => {
      const long = text.repeat(Math.ceil(times / text.length));
      t.true(Buffer.concat(piecesOf(long)).equals(Buffer.from(long)));
    }),
    { numRuns: 100 },
  );
});
