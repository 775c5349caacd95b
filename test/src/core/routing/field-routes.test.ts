import { FieldRoutes } from '@putlogs/core/internal';
import test from 'ava';
import fc from 'fast-check';

const TEMPLATES = { group: ['app'], stream: ['tenant', 'level'] };

const routeOf = (record: string) => new FieldRoutes(TEMPLATES, 'service', 1).of(Buffer.from(record));

test('the values are segments of names, and the service is one', (t) => {
  const record = { level: 30, service: ' cart ', tenant: 'a/b', app: 'c*', other: 'd' };
  const { values, service } = routeOf(JSON.stringify(record));
  t.deepEqual([values, service], [['c_', 'a_b', 'info'], 'cart']);
  const empty = { tenant: ' ', service: '', app: null };
  t.deepEqual(routeOf(JSON.stringify(empty)).values, [undefined, undefined, undefined]);
  t.is(routeOf(JSON.stringify(empty)).service, undefined);
});

const part = fc.constantFrom('a', 'b', 'é', '"', ',', ':', '\\', '{', '}', '[', ']', '\0', ' ', '1', 'é');
const value = fc.oneof(
  fc.array(part, { maxLength: 3 }).map((parts) => JSON.stringify(parts.join(''))),
  fc.array(part, { maxLength: 3 }).map((parts) => parts.join('')), // often malformed
  fc.constantFrom('1', '1.0', 'true', 'null', '{"tenant":"a"}', '["a","b"]', '"\\u0061"'),
);
const member = fc.tuple(fc.constantFrom('app', 'tenant', 'level', 'service', 'other'), value);
const record = fc
  .array(member, { maxLength: 5 })
  .map((members) => `{${members.map(([name, json]) => `"${name}":${json}`).join()}}`);

test('what is remembered of earlier records changes no route, whatever the records contain', (t) => {
  fc.assert(
    fc.property(fc.array(record, { maxLength: 30 }), (records) => {
      const routes = new FieldRoutes(TEMPLATES, 'service', 4);
      for (const one of records) {
        t.deepEqual(routes.of(Buffer.from(one)), routeOf(one), one);
        t.deepEqual(routes.of(one), routeOf(one), one);
      }
    }),
    { numRuns: 3000 },
  );
});

test('records with the same fields have the same route, read once', (t) => {
  const routes = new FieldRoutes(TEMPLATES, undefined, 2);
  const of = (tenant: string, n: number) => routes.of(JSON.stringify({ n, tenant, level: 30, app: 'x' }));
  const first = of('a', 1);
  t.is(of('a', 2), first);
  t.is(of('a', 3), first);
  of('b', 4);
  of('c', 5);
  t.not(of('a', 6), first, 'only two are remembered');
  t.deepEqual(of('a', 7), first);
  const nested = new FieldRoutes({ group: [], stream: ['http.host'] }, undefined, 2);
  t.deepEqual(nested.of('{"http":{"host":"h","n":1}}').values, ['h']);
  t.deepEqual(nested.of('{"http":{"host":"i","n":1}}').values, ['i']);
});

test('without fields every record has the same route', (t) => {
  const routes = new FieldRoutes({ group: [], stream: [] }, undefined, 2);
  t.is(routes.of('{"a":1}'), routes.of('plain'));
});
