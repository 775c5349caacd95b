import { groupName } from '@putlogs/core/internal';
import test from 'ava';
import fc from 'fast-check';

const values = { hostname: 'db7', instance: '158d1c80', service: 'checkout', environment: 'ecs:prod' };
const unknown = { ...values, service: undefined, environment: undefined };

for (const [template, name] of [
  ['/my/app', '/my/app'],
  ['/apps/{service}/{environment}', '/apps/checkout/ecs_prod'],
  ['{hostname}-{instance}', 'db7-158d1c80'],
  ['/apps/{record.tenant}/{record.none}', '/apps/acme/unknown'],
] as const) {
  const fields = new Map([['tenant', 'acme']]);
  test(`"${template}" becomes "${name}"`, (t) => t.is(groupName(template, values, fields), name));
}

test('unknown values become "unknown"', (t) =>
  t.is(groupName('/{service}/{environment}', unknown), '/unknown/unknown'));

for (const [what, service, name] of [
  ['spaces and colons', 'a b:c', 'a_b_c'],
  ['letters that are not ASCII', 'é🙂\ud800', '___'],
  ['an escape sequence', '\u001b[1ma\u001b[0m', 'a'],
  ['the prefix of AWS', 'AWS/Lambda', 'AWS_Lambda'],
] as const) {
  test(`the service does not accept ${what}: they are replaced`, (t) =>
    t.is(groupName('{service}', { ...values, service }), name));
}

test('whatever the values are, the service accepts the name', (t) => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 600 }),
    fc.constantFrom('aws', '/'),
  );
  fc.assert(
    fc.property(text, text, (service, environment) => {
      const name = groupName('{service}/{environment}', { ...values, service, environment });
      t.regex(name, /^[.\-_/#A-Za-z0-9]{1,512}$/);
      t.notRegex(name, /^aws\//i);
    }),
  );
});
