import { countFields } from '@putlogs/core/internal';
import test from 'ava';
import fc from 'fast-check';

const count = (json: string, max = 1_000_000) => countFields(Buffer.from(json), max);

for (const [json, fields] of [
  ['{}', 0],
  ['{"a":1}', 1],
  ['{"a":1,"b":"text","c":true,"d":false,"e":null,"f":-1.5e3}', 6],
  ['{"a":{"b":{"c":1,"d":2}}}', 2],
  ['{"a":[1,2,{"b":3,"c":[4]}],"d":[]}', 4],
  ['{ "a" : 1 , "b" : [ "c" , "d" ] }', 3],
  ['{"a:b":"c:d","e":"{\\"f\\":1,\\"g\\":2}"}', 2],
  ['{"a\\"":"\\\\","b":"é🙃"}', 2],
  ['[1,2,3]', 0],
  ['text', 0],
  ['', 0],
  ['{"a":1,"b":"cut of', 2],
] as const) {
  test(`Insights finds ${fields} fields in ${json}`, (t) => t.is(count(json), fields));
}

/** The values that are left when objects and arrays are flattened. */
function leavesOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce((sum: number, one) => sum + leavesOf(one), 0);
}

test('the fields of any record are counted, however it is written', (t) => {
  const values = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue());
  fc.assert(
    fc.property(values, fc.constantFrom(undefined, 1, '\t'), (record, space) => {
      t.is(count(JSON.stringify(record, undefined, space)), leavesOf(JSON.parse(JSON.stringify(record))));
    }),
    { numRuns: 2000 },
  );
});

test('the counting ends with the first field beyond the maximum', (t) => {
  t.is(count(`{"a":[${'1,'.repeat(100_000)}1]}`, 200), 201);
  t.is(count('{"a":1,"b":2}', 2), 2);
});
