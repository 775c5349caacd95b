import { TopLevelValues } from '@putlogs/core/internal';
import test from 'ava';
import fc from 'fast-check';

// No name is a single backslash: JSON.parse of Node 24 confuses it with `"\u0022"` once it has parsed an object with
// such a name.
const NAMES = ['a', 'tenant', '"', 'a\\b', 'a"b', 'a/b', 'é', '🙂', '__proto__', 'constructor', ''];

/** Values that look like members of the object around them. */
const decoy = fc.constantFrom<unknown>(
  '"tenant":"b"',
  ',"tenant":"b"}',
  '\\","tenant":"b',
  '"',
  '\\',
  '}',
  'tenant',
  { tenant: 'b' },
  [{ tenant: 'b' }, '}', ']'],
  { a: { tenant: ['"tenant":'] } },
);
/** JSON of any value, with or without spaces. */
const value = fc
  .oneof(fc.jsonValue({ depthSize: 'small' }), fc.string({ unit: 'grapheme' }), decoy)
  .chain((one) => fc.constantFrom(JSON.stringify(one), JSON.stringify(one, null, 1)));
/** A name as JSON, with each character plain or escaped. */
const name = fc
  .constantFrom(...NAMES)
  .chain((one) => fc.tuple(...[...one].map(formOf)).map((forms) => `"${forms.join('')}"`));
const members = fc.array(fc.tuple(name, value), { maxLength: 12 });
const space = fc.string({ unit: fc.constantFrom(' ', '\t', '\n', '\r'), maxLength: 2 });

function formOf(character: string): fc.Arbitrary<string> {
  const plain = JSON.stringify(character).slice(1, -1);
  return fc.constantFrom(plain, plain, escaped(character), ...(character === '/' ? ['\\/'] : []));
}

function escaped(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}

test('of several values with one name, the first counts, whatever the record contains', (t) => {
  fc.assert(
    fc.property(members, space, space, fc.subarray(NAMES), (all, before, after, names) => {
      const texts = all.map(([key, json]) => `${key}${before}:${after}${json}`);
      const text = `{${before}${texts.join(`${after},${before}`)}${after}}${before}`;
      t.notThrows(() => JSON.parse(text), text);
      const first = new Map<string, unknown>();
      for (const [key, json] of all) {
        const decoded = JSON.parse(key);
        if (!first.has(decoded)) first.set(decoded, JSON.parse(json));
      }
      const found = new TopLevelValues(names).read(Buffer.from(text));
      t.deepEqual(
        found,
        names.map((one) => first.get(one)),
        text,
      );
    }),
    { numRuns: 5000 },
  );
});

test('whatever a line is, even a torn one, nothing is thrown, and nothing is read but what JSON.parse reads', (t) => {
  const record = { tenant: 'b', é: { tenant: 1 }, list: [1, '"', null], '🙂': 'a\\b' };
  const json = JSON.stringify(record);
  const line = fc.tuple(fc.nat(json.length), fc.nat(json.length), fc.constantFrom('', '}', '"}', ' ', ','));
  const values = new TopLevelValues(Object.keys(record));
  fc.assert(
    fc.property(line, ([one, other, tail]) => {
      const torn = Buffer.from(json.slice(0, Math.min(one, other)) + json.slice(Math.max(one, other)) + tail);
      const found = values.read(torn);
      const parsed = parse(torn.toString());
      if (parsed !== undefined)
        t.deepEqual(
          found,
          Object.keys(record).map((one) => parsed[one]),
        );
    }),
    { numRuns: 5000 },
  );
});

function parse(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

for (const text of ['{}', '{ }', '{"b":1}', '{"b":{"a":1},"c":["a",{"a":1}]}\r', '{"b":"\\",\\"a\\":1"}']) {
  test(`an object without the name: ${text}`, (t) =>
    t.deepEqual(new TopLevelValues(['a']).read(Buffer.from(text)), [undefined]));
}

test.serial('text that cannot be an object is not parsed, which would cost an exception', (t) => {
  const { parse } = JSON;
  t.teardown(() => {
    JSON.parse = parse;
  });
  let calls = 0;
  JSON.parse = (text: string) => {
    calls++;
    return parse(text);
  };
  const values = new TopLevelValues(['a']);
  for (const text of [
    '',
    'plain text',
    '[1, 2]',
    '["a"]',
    '"text"',
    '7',
    'null',
    '{ a: 1 }',
    "{ 'a b': 1 }",
    '{',
    '{a}',
    '{"a":1',
    '{"a":"b","a":"c',
    '{"a":1} and more',
    '{{template}}',
    ' {"a":1}',
    '{"a" 1}',
    '{"b":1 "a":1}',
    '{"b":1,}',
  ]) {
    t.is(values.read(Buffer.from(text)), undefined, text);
  }
  t.is(calls, 0);
});

for (const text of ['{"a":}', '{"a":nil}', '{"a":"\\x"}', '{"\\x":1,"a":1}', '{"a":[1}', '{"b":,"a":1}']) {
  test(`malformed JSON is not an object: ${text}`, (t) =>
    t.is(new TopLevelValues(['a']).read(Buffer.from(text)), undefined));
}
