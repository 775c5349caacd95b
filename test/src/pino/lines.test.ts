import test from 'ava';
import fc from 'fast-check';
import { Lines } from '../../../packages/pino/dist/lines.js';

/** The lines of text that comes in these pieces. */
function linesOf(...pieces: readonly (string | Buffer)[]): string[] {
  const taken: string[] = [];
  const lines = new Lines((line) => taken.push(line.toString()));
  for (const piece of pieces) {
    const memory = Buffer.from(piece);
    lines.push(memory);
    memory.fill('#'); // as when it is used anew
  }
  lines.end();
  return taken;
}

for (const [what, pieces, lines] of [
  ['nothing', [], []],
  ['a line', ['a\n'], ['a']],
  ['lines in one piece', ['a\nb\nc\n'], ['a', 'b', 'c']],
  ['a line in pieces', ['a', 'b', 'c\n'], ['abc']],
  ['a newline on its own', ['a', '\n', 'b', '\n'], ['a', 'b']],
  ['the last without its end', ['a\nb'], ['a', 'b']],
  ['the ends of lines on Windows', ['a\r\nb\r', '\nc\r\n'], ['a', 'b', 'c']],
  ['a carriage return within a line', ['a\rb\n'], ['a\rb']],
  ['an empty line', ['a\n\nb\n'], ['a', '', 'b']],
] as const) {
  test(`text is cut into lines: ${what}`, (t) => t.deepEqual(linesOf(...pieces), [...lines]));
}

test('wherever the text is cut, even within a character, the lines are the same', (t) => {
  const text = fc.string({ unit: fc.constantFrom('a', 'é', '🙃', '\n', '\r', '"'), maxLength: 60 });
  fc.assert(
    fc.property(text, fc.array(fc.nat({ max: 120 })), (given, cuts) => {
      const bytes = Buffer.from(given);
      const ends = [...cuts.filter((cut) => cut < bytes.length), bytes.length].toSorted((a, b) => a - b);
      const pieces = ends.map((end, i) => bytes.subarray(ends[i - 1] ?? 0, end));
      const expected = given.split('\n').map((line) => line.replace(/\r$/, ''));
      // Behind the last newline there is no line, unless there is text.
      if (given.endsWith('\n') || given === '') expected.pop();
      t.deepEqual(linesOf(...pieces), expected);
    }),
    { numRuns: 1000 },
  );
});
