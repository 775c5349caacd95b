import { parseRecord } from '@putlogs/core/internal';
import test from 'ava';

for (const text of ['{}', '{"a":1}', '{ "a" : 1 }', '{\n  "a": { "b": "}" }\n}\n', '{"a":1}\r']) {
  test(`a record is parsed: ${JSON.stringify(text)}`, (t) => {
    t.deepEqual(parseRecord(text, []), JSON.parse(text));
  });
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
  for (const text of [
    '',
    'plain text',
    '[1, 2]',
    '"text"',
    '7',
    'null',
    '{ a: 1 }',
    "{ 'a b': 1 }",
    '{',
    '{not JSON}',
    '{"a":1',
    '{"a":1} and more',
    '{{template}}',
    ' {"a":1}',
  ]) {
    t.is(parseRecord(text, ['a']), undefined, text);
  }
  t.is(calls, 0);
});

for (const text of ['{"a":}', '{"a":1,}', '{"a" 1}']) {
  test(`malformed JSON is not a record: ${text}`, (t) => t.is(parseRecord(text, []), undefined));
}
