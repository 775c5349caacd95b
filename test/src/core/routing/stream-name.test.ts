import { streamNamer } from '@putlogs/core/internal';
import test from 'ava';
import fc from 'fast-check';

const values = {
  hostname: 'db7',
  instance: '158d1c80',
  pid: 42,
  service: 'checkout',
  environment: 'ecs:prod',
};
const unknown = { ...values, service: undefined, environment: undefined };
/** 2026-11-24 */
const DAY = 20_781;

for (const [template, name] of [
  ['plain', 'plain'],
  ['{hostname}', 'db7'],
  ['{instance}', '158d1c80'],
  ['{pid}', '42'],
  ['{service}', 'checkout'],
  ['{environment}', 'ecs_prod'],
  ['{date}', '2026-11-24'],
  ['{hostname}/{pid}/{service}/{date}', 'db7/42/checkout/2026-11-24'],
  ['{pid}{pid}', '4242'],
  ['{date} {date}', '2026-11-24 2026-11-24'],
  ['a:b*c', 'a_b_c'],
  ['::', '__'],
  ['\u001b[32minfo\u001b[39m', 'info'],
  ['\u009b32ma\u001b]8;;http://b\u0007c\u001b', 'ac_'],
] as const) {
  test(`"${template}" becomes "${name}"`, (t) => t.is(streamNamer(template, values)(DAY), name));
}

for (const template of ['{service}', '{environment}']) {
  test(`${template} becomes "unknown" if its value is unknown`, (t) => {
    t.is(streamNamer(template, unknown)(DAY), 'unknown');
  });
}

test('forbidden characters in a value are replaced too', (t) => {
  t.is(streamNamer('{service}', { ...values, service: 'a:*b' })(DAY), 'a__b');
});

test('terminal escape sequences in a value are removed', (t) => {
  t.is(streamNamer('{hostname}', { ...values, hostname: '\u001b[1mdb7\u001b[0m' })(DAY), 'db7');
});

test('a value that looks like a replacement pattern is used unchanged', (t) => {
  t.is(streamNamer('{service}', { ...values, service: "$&$1$'" })(DAY), "$&$1$'");
});

for (const [day, date] of [
  [0, '1970-01-01'],
  [20_781, '2026-11-24'],
  [20_782, '2026-11-25'],
  [20_818, '2026-12-31'],
  [20_819, '2027-01-01'],
] as const) {
  test(`{date} of day ${day} is ${date}`, (t) => t.is(streamNamer('{date}', values)(day), date));
}

test('{uuid} is a UUID, which stays the same for one process', (t) => {
  const name = streamNamer('{uuid} {uuid}', values);
  t.regex(name(DAY), /^([0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}) \1$/);
  t.is(name(DAY), name(DAY + 1));
  t.not(name(DAY), streamNamer('{uuid} {uuid}', values)(DAY));
});

for (const [length, left] of [
  [511, 511],
  [512, 512],
  [513, 512],
  [1000, 512],
] as const) {
  test(`a name of ${length} characters is cut to ${left}`, (t) => {
    t.is(streamNamer('{service}', { ...values, service: 'x'.repeat(length) })(DAY).length, left);
  });
}

test('a lone surrogate becomes U+FFFD', (t) => {
  t.is(streamNamer('a\ud800b', values)(DAY), 'a\ufffdb');
});

test('a name is not cut inside a character', (t) => {
  const name = streamNamer(`${'x'.repeat(511)}🙃`, values)(DAY);
  t.true(name.isWellFormed());
  t.true(name.length <= 512);
});

test('the service accepts the name, whatever the template and the values', (t) => {
  const texts = fc.oneof(
    fc.string({ unit: 'binary', minLength: 1 }),
    fc.string({ minLength: 500, maxLength: 600 }),
  );
  const templates = fc
    .array(
      fc.oneof(
        texts,
        fc.constantFrom('{hostname}', '{instance}', '{service}', '{date}', '{uuid}', '{environment}'),
      ),
      {
        minLength: 1,
        maxLength: 5,
      },
    )
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(templates, texts, texts, texts, (template, hostname, instance, service) => {
      const name = streamNamer(template, { ...values, hostname, instance, service })(DAY);
      t.true(name.length <= 512 && /^[^:*]+$/.test(name));
    }),
  );
});
