import { parseRecord } from '@putlogs/core/internal';
import test from 'ava';
import fc from 'fast-check';

// No name is a single backslash: JSON.parse of Node 24 confuses it with `"\u0022"` once it has parsed an object with
// such a name.
const NAMES = ['a', 'tenant', '"', 'a\\b', 'a"b', 'a/b', 'é', '__proto__', ''];

/** JSON of any value, with or without spaces. */
const value = fc
  .jsonValue({ depthSize: 'small' })
  .chain((one) => fc.constantFrom(JSON.stringify(one), JSON.stringify(one, null, 1)));
/** A name as JSON, with each character plain or escaped. */
const name = fc
  .constantFrom(...NAMES)
  .chain((one) => fc.tuple(...[...one].map(formOf)).map((forms) => `"${forms.join('')}"`));
const members = fc.array(fc.tuple(name, value), { maxLength: 12 });

function formOf(character: string): fc.Arbitrary<string> {
  const plain = JSON.stringify(character).slice(1, -1);
  return fc.constantFrom(plain, plain, escaped(character), ...(character === '/' ? ['\\/'] : []));
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

test('of several values with one name, the first counts, whatever the record contains', (t) => {
  fc.assert(
    fc.property(members, fc.constantFrom('', ' ', '\n\t'), (all, space) => {
      const text = `{${space}${all.map(([key, json]) => `${key}${space}:${space}${json}`).join(`${space},`)}}`;
      const first = new Map<string, unknown>();
      for (const [key, json] of all) {
        const decoded = JSON.parse(key);
        if (!first.has(decoded)) first.set(decoded, JSON.parse(json));
      }
      const record = parseRecord(text, NAMES) as object;
      for (const one of NAMES)
        t.deepEqual(Object.getOwnPropertyDescriptor(record, one)?.value, first.get(one), text);
    }),
    { numRuns: 3000 },
  );
});

for (const [what, text] of [
  ['torn', '{"tenant":"a","tenant":"b'],
  ['not JSON', '{tenant}'],
  ['not an object', '["tenant"]'],
  ['empty', ''],
] as const) {
  test(`text that is ${what} is not a record`, (t) => t.is(parseRecord(text, ['tenant']), undefined));
}
