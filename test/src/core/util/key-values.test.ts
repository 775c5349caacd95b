import { parseKeyValues } from '@putlogs/core/internal';
import test from 'ava';
import fc from 'fast-check';

for (const [what, text, pairs] of [
  ['nothing', '', []],
  ['blanks and commas', ' , ,,', []],
  ['one pair', 'a=1', [['a', '1']]],
  [
    'pairs in their order',
    'b=2,a=1',
    [
      ['b', '2'],
      ['a', '1'],
    ],
  ],
  [
    'spaces around keys and values',
    ' a = 1 , b=2 ',
    [
      ['a', '1'],
      ['b', '2'],
    ],
  ],
  ['percent-encoded commas, equals signs and spaces', 'a%2Cb=c%3Dd%20e', [['a,b', 'c=d e']]],
  ['percent-encoded UTF-8', 'k=%C3%A9%F0%9F%99%83', [['k', 'é🙃']]],
  ['characters that need no encoding', 'k=é🙃', [['k', 'é🙃']]],
  ['an equals sign in a value', 'a=b=c', [['a', 'b=c']]],
  ['an empty value', 'a=', [['a', '']]],
  ['an empty key', '=1,b=2', [['b', '2']]],
  ['an entry without an equals sign', 'a,b=2', [['b', '2']]],
  ['a stray percent sign in a value', 'a=100%,b=2', [['b', '2']]],
  ['a stray percent sign in a key', '50%=a,b=2', [['b', '2']]],
  ['half a character', 'a=%C3,b=2', [['b', '2']]],
  [
    'the same key again: the last counts',
    'a=1,b=2,a=3',
    [
      ['a', '3'],
      ['b', '2'],
    ],
  ],
  [
    'names of Object.prototype',
    '__proto__=1,constructor=2',
    [
      ['__proto__', '1'],
      ['constructor', '2'],
    ],
  ],
] as const) {
  test(`reads ${what}`, (t) => {
    t.deepEqual(
      [...parseKeyValues(text).pairs],
      pairs.map(([key, value]) => [key, value]),
    );
  });
}

for (const [text, malformed] of [
  ['', []],
  [' , ,,', []],
  ['a=1, b=', []],
  ['=1,b=2', ['entry 1']],
  ['b=2,a', ['entry 2']],
  [',a=1,,50%=b', ['entry 2']],
  ['a=100%,b=2', ['a']],
  ['a%20b=%C3,c=100%,d,e=5', ['a b', 'c', 'entry 3']],
] as const) {
  test(`"${text}": malformed entries are ${malformed.join(', ') || 'none'}`, (t) =>
    t.deepEqual(parseKeyValues(text).malformed, [...malformed]));
}

test('reads back what was percent-encoded', (t) => {
  const texts = fc.string({ unit: 'grapheme', minLength: 1 });
  fc.assert(
    fc.property(fc.dictionary(texts, texts), (record) => {
      const encoded = Object.entries(record)
        .map((pair) => pair.map(encodeURIComponent).join('='))
        .join(',');
      t.deepEqual([...parseKeyValues(encoded).pairs], Object.entries(record));
      t.deepEqual(parseKeyValues(encoded).malformed, []);
    }),
  );
});

test('never throws', (t) => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('%', '=', ',', ' ', 'a', 'C', '3', '\ud800') }), (text) => {
      t.notThrows(() => parseKeyValues(text));
    }),
  );
});
