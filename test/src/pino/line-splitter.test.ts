import { LineSplitter } from '@putlogs/pino/internal';
import test from 'ava';
import fc from 'fast-check';

interface Taken {
  readonly text: string;
  readonly omittedBytes: number;
}

/** The lines of text that arrives in these chunks. */
function take(chunks: readonly (string | Buffer)[], maxBytes = 1_048_550) {
  const taken: Taken[] = [];
  const lines = new LineSplitter(
    (line, omittedBytes) => taken.push({ text: line.toString(), omittedBytes }),
    maxBytes,
  );
  for (const piece of chunks) {
    const memory = Buffer.from(piece);
    lines.push(memory);
    memory.fill('#'); // as when it is used anew
  }
  const atOnce = [...taken];
  lines.end();
  return { taken, atOnce };
}

const textsOf = (taken: readonly Taken[]) => taken.map(({ text }) => text);

const linesOf = (...chunks: readonly (string | Buffer)[]) => textsOf(take(chunks).taken);

/** UTF-8 text, cut at some of these offsets. */
function cutAt(text: string, cuts: readonly number[]): Buffer[] {
  const bytes = Buffer.from(text);
  const ends = [...cuts.filter((cut) => cut < bytes.length), bytes.length].toSorted((a, b) => a - b);
  return ends.map((end, i) => bytes.subarray(ends[i - 1] ?? 0, end));
}

for (const [what, chunks, lines] of [
  ['nothing', [], []],
  ['a line', ['a\n'], ['a']],
  ['lines in one piece', ['a\nb\nc\n'], ['a', 'b', 'c']],
  ['a line in chunks', ['a', 'b', 'c\n'], ['abc']],
  ['a newline on its own', ['a', '\n', 'b', '\n'], ['a', 'b']],
  ['the last without its end', ['a\nb'], ['a', 'b']],
  ['the ends of lines on Windows', ['a\r\nb\r', '\nc\r\n'], ['a', 'b', 'c']],
  ['a carriage return within a line', ['a\rb\n'], ['a\rb']],
  ['an empty line', ['a\n\nb\n'], ['a', '', 'b']],
] as const) {
  test(`text is split into lines: ${what}`, (t) => t.deepEqual(linesOf(...chunks), [...lines]));
}

test('the lines do not depend on where the chunks are cut, even within a character', (t) => {
  const text = fc.string({ unit: fc.constantFrom('a', 'é', '🙃', '\n', '\r', '"'), maxLength: 60 });
  fc.assert(
    fc.property(text, fc.array(fc.nat({ max: 120 })), (given, cuts) => {
      const chunks = cutAt(given, cuts);
      const expected = given.split('\n').map((line) => line.replace(/\r$/, ''));
      // Behind the last newline there is no line, unless there is text.
      if (given.endsWith('\n') || given === '') expected.pop();
      t.deepEqual(linesOf(...chunks), expected);
    }),
    { numRuns: 1000 },
  );
});

/** Objects whose ends are hard to find. */
const objects = fc.array(
  fc
    .dictionary(fc.string({ unit: fc.constantFrom('a', '{', '}', '"', '\\', '🙃') }), fc.jsonValue())
    .map((object) => JSON.stringify(object)),
  { maxLength: 6 },
);
const cuts = fc.array(fc.nat({ max: 300 }));

test('objects without newlines between them are lines, wherever the chunks are cut', (t) => {
  fc.assert(
    fc.property(objects, cuts, (given, places) => {
      const { taken, atOnce } = take(cutAt(given.join(''), places));
      t.deepEqual(textsOf(taken), given);
      t.deepEqual(atOnce, taken, 'none waits for what comes next');
      t.true(taken.every(({ omittedBytes }) => omittedBytes === 0));
    }),
    { numRuns: 1000 },
  );
});

for (const newline of ['\n', '\r\n']) {
  test(`objects with ${JSON.stringify(newline)} behind each are the same lines, wherever the chunks are cut`, (t) => {
    fc.assert(
      fc.property(objects, cuts, (given, places) => {
        const text = given.map((object) => object + newline).join('');
        t.deepEqual(linesOf(...cutAt(text, places)), given);
      }),
      { numRuns: 1000 },
    );
  });
}

for (const [what, chunks, lines] of [
  [
    'objects behind a line that ends',
    ['a\n{"a":1}{"b":2}', '{"c":3}{"d"', ':4}'],
    ['a', '{"a":1}', '{"b":2}', '{"c":3}', '{"d":4}'],
  ],
  ['text behind an object', ['{"a":1} and {"b":2}', ' more\n'], ['{"a":1} and {"b":2} more']],
  ['text in front of an object', ['see {"a":1}', '{"b":2}\n'], ['see {"a":1}{"b":2}']],
  ['an array', ['[{"a":1},', '{"b":2}]', '\n'], ['[{"a":1},{"b":2}]']],
  ['an empty line behind an object', ['{"a":1}', '\n\n'], ['{"a":1}', '']],
  ['an object that ends before its newline comes', ['{"a":1}', '\n{"b":2}\n'], ['{"a":1}', '{"b":2}']],
  [
    'a brace that opens and is never closed',
    ['{ is a brace', ', "is one', '\nb\n'],
    ['{ is a brace, "is one', 'b'],
  ],
] as const) {
  test(`objects and other text: ${what}`, (t) => t.deepEqual(linesOf(...chunks), [...lines]));
}

test('of a line that is too long the beginning is kept, and the rest is counted', (t) => {
  const text = fc.string({
    unit: fc.constantFrom('a', 'é', '🙃', '{', '"', '\n'),
    maxLength: 80,
  });
  fc.assert(
    fc.property(text, cuts, fc.integer({ min: 1, max: 12 }), (given, places, maxBytes) => {
      const whole = given.split('\n').map((line) => Buffer.from(line));
      // Behind the last newline there is no line, unless there is text.
      if (given.endsWith('\n') || given === '') whole.pop();
      const { taken } = take(cutAt(given, places), maxBytes);
      t.deepEqual(
        taken,
        whole.map((line) => ({
          text: line.subarray(0, maxBytes).toString(),
          omittedBytes: Math.max(line.length - maxBytes, 0),
        })),
      );
    }),
    { numRuns: 2000 },
  );
});

test('the line after one that is too long is whole', (t) => {
  t.deepEqual(take(['abcd', 'efgh', 'ij\nk\n'], 4).taken, [
    { text: 'abcd', omittedBytes: 6 },
    { text: 'k', omittedBytes: 0 },
  ]);
  t.deepEqual(textsOf(take(['abcd\r', '\n', 'e\n'], 4).taken), ['abcd', 'e']);
});

test('the end of an object that is too long is found, and the next ones are lines again', (t) => {
  const long = JSON.stringify({ text: 'x'.repeat(10) });
  const { taken, atOnce } = take([long.slice(0, 7), long.slice(7), '{"a":1}'], 8);
  t.deepEqual(atOnce, [
    { text: '{"text":', omittedBytes: 13 },
    { text: '{"a":1}', omittedBytes: 0 },
  ]);
  t.deepEqual(taken, atOnce);
});

test('a line longer than the longest string takes no more memory than is kept of it', (t) => {
  const piece = Buffer.alloc(1024 * 1024, 'x');
  const sizes: number[] = [];
  const lines = new LineSplitter((line, omittedBytes) => sizes.push(line.length, omittedBytes), 4_194_304);
  const before = process.memoryUsage().arrayBuffers;
  for (let i = 0; i < 600; i++) lines.push(piece);
  t.true(process.memoryUsage().arrayBuffers - before < 32 * 1024 * 1024);
  lines.end();
  t.deepEqual(sizes, [4_194_304, 596 * piece.length]);
});
