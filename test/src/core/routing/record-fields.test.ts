import { RecordFields } from '@putlogs/core/internal';
import test from 'ava';

const RECORD = JSON.stringify({
  level: 30,
  tenant: 'a',
  count: -1.5,
  flag: false,
  nothing: null,
  blank: ' \t',
  coloured: '\u001b[32minfo\u001b[39m',
  http: { host: 'h', level: 30, tags: ['x', 'y'] },
});

for (const [field, text] of [
  ['tenant', 'a'],
  ['count', '-1.5'],
  ['flag', 'false'],
  ['level', 'info'],
  ['http.level', '30'],
  ['http.host', 'h'],
  ['http.tags.1', 'y'],
  ['coloured', 'info'],
  ['nothing', undefined],
  ['blank', undefined],
  ['http', undefined],
  ['http.none', undefined],
  ['http.host.length', undefined],
  ['tenant.length', undefined],
  ['none', undefined],
  ['none.at.all', undefined],
  ['__proto__', undefined],
  ['__proto__.constructor.name', undefined],
  ['constructor', undefined],
  ['http.constructor.name', undefined],
] as const) {
  test(`the field ${field} is ${text}`, (t) =>
    t.deepEqual(new RecordFields([field]).read(Buffer.from(RECORD)), [text]));
}

test('fields are read together, also several of one object', (t) => {
  const fields = new RecordFields(['http.host', 'tenant', 'http.level', 'none']);
  t.deepEqual(fields.read(Buffer.from(RECORD)), ['h', 'a', '30', undefined]);
});

test('what is not a record has no fields', (t) =>
  t.deepEqual(new RecordFields(['tenant', 'a.b']).read(Buffer.from('{tenant}')), [undefined, undefined]));
