import { RecordLimit } from '@putlogs/core/internal';
import test from 'ava';
import fc from 'fast-check';

const MIB = 1024 * 1024;
const ROOMY = 32 * MIB;
const MARKER = /… \[cut by putlogs: ([\d,]+) bytes\]$/;

/** What is left of a text, and how many bytes its marker says are missing. */
function readCut(text: Buffer | undefined) {
  const whole = text?.toString() ?? '';
  const [marker = '', missing = ''] = MARKER.exec(whole) ?? [];
  return { kept: whole.slice(0, whole.length - marker.length), missing: Number(missing.replaceAll(',', '')) };
}

for (const [what, record] of [
  ['a text of as many bytes', 'x'.repeat(1000)],
  ['a text whose characters take two bytes each', 'é'.repeat(500)],
  ['bytes', Buffer.alloc(1000, 'x')],
  ['nothing', ''],
] as const) {
  test(`a record within maxRecordBytes stays as it is: ${what}`, (t) => {
    t.is(new RecordLimit(1000, ROOMY).cut(record, 0), undefined);
  });
}

test('a longer record is cut, and its marker says how many bytes are missing', (t) => {
  const cut = new RecordLimit(1000, ROOMY).cut('x'.repeat(5_000_000), 0);
  t.is(cut?.text.toString(), `${'x'.repeat(963)}… [cut by putlogs: 4,999,037 bytes]`);
  t.is(cut?.wholeBytes, 5_000_000);
  t.is(cut?.limit, 'maxRecordBytes');
});

test('bytes that are no longer there count as well', (t) => {
  const limit = new RecordLimit(undefined, ROOMY);
  t.is(limit.cut('x'.repeat(100), 1)?.text.toString(), `${'x'.repeat(69)}… [cut by putlogs: 32 bytes]`);
  t.is(limit.cut(Buffer.from('short'), 7_000)?.text.toString(), '… [cut by putlogs: 7,005 bytes]');
});

const texts = fc.string({ unit: fc.constantFrom('a', 'é', '€', '🙃', '"', '\n', '\u0001'), maxLength: 300 });

test('what is left of a record is its beginning up to a character, and no longer than maxRecordBytes', (t) => {
  fc.assert(
    fc.property(texts, fc.integer({ min: 60, max: 400 }), fc.boolean(), (text, maxBytes, isBuffer) => {
      const bytes = Buffer.from(text);
      const cut = new RecordLimit(maxBytes, ROOMY).cut(isBuffer ? bytes : text, 0);
      t.is(cut !== undefined, bytes.length > maxBytes);
      if (cut === undefined) return;
      const { kept, missing } = readCut(cut.text);
      t.true(cut.text.length <= maxBytes);
      t.true(cut.text.length > maxBytes - 4 - 2, 'no more is cut than a character and a digit or two');
      t.true(text.startsWith(kept));
      t.is(Buffer.byteLength(kept) + missing, bytes.length);
    }),
    { numRuns: 2000 },
  );
});

for (const [what, character, jsonBytes] of [
  ['letters', 'x', 1],
  ['quotes', '"', 2],
  ['control characters', '\u0001', 6],
] as const) {
  test(`without maxRecordBytes a record is cut to what there is room for as JSON: ${what}`, (t) => {
    const limit = new RecordLimit(undefined, 12 * MIB);
    const longest = (12 * MIB) / jsonBytes;
    t.is(limit.cut(character.repeat(longest), 0), undefined);
    const cut = limit.cut(character.repeat(longest + 1), 0);
    t.is(cut?.limit, 'maxBufferBytes');
    t.true(Buffer.byteLength(JSON.stringify(cut?.text.toString())) <= 12 * MIB + 2);
    t.true((cut?.text.length ?? 0) >= longest - 10);
  });
}

test('the lower of both limits counts', (t) => {
  const text = 'x'.repeat(10 * MIB);
  t.is(new RecordLimit(2 * MIB, 4 * MIB).cut(text, 0)?.limit, 'maxRecordBytes');
  t.is(new RecordLimit(8 * MIB, 4 * MIB).cut(text, 0)?.limit, 'maxBufferBytes');
});

test('a record that fits into one event is never cut for lack of room', (t) => {
  t.is(new RecordLimit(undefined, 4 * MIB).cut('\u0001'.repeat(1_048_550), 0), undefined);
});
