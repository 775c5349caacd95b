import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { PLATFORMS } from '../../support/platforms.js';
import { detectIn } from '../../support/runtime-environment.js';

for (const { name, open, keyAttributes, attributes, instance, problems = [] } of PLATFORMS) {
  test(`the identity is detected without options: ${name}`, async (t) => {
    const found = await detectIn(await open(t));
    t.deepEqual(found.entity, { keyAttributes, attributes });
    t.deepEqual(Object.keys(found.entity?.attributes ?? {}), Object.keys(attributes), 'in the same order');
    t.is(found.instance, instance);
    t.is(found.problems.length, problems.length, found.problems.join());
    for (const [i, problem] of problems.entries()) t.regex(found.problems[i] ?? '', problem);
    const parts = [...Object.keys(keyAttributes).slice(1), ...Object.keys(attributes)];
    t.deepEqual(Object.keys(found.origins), parts, 'each part has an origin');
  });

  test(`options have precedence over detected values: ${name}`, async (t) => {
    const { entity, problems } = await detectIn(await open(t), { service: 'mine', environment: 'here' });
    t.deepEqual(problems, []);
    t.deepEqual(entity?.keyAttributes, { Type: 'Service', Name: 'mine', Environment: 'here' });
    t.deepEqual(entity?.attributes, { ...attributes, 'AWS.ServiceNameSource': 'UserConfiguration' });
  });
}

test('docs/entity.md has the table of what is found where', async (t) => {
  const rows = await Promise.all(PLATFORMS.map((platform) => row(t, platform)));
  const table = [
    '| | `Name` | `Environment` | attributes | `{instance}` |',
    '|---|---|---|---|---|',
    ...rows,
  ].join('\n');
  const page = readFileSync(fileURLToPath(new URL('../../../../docs/entity.md', import.meta.url)), 'utf8');
  t.true(page.includes(table), `docs/entity.md should have\n${table}`);
});

async function row(t: ExecutionContext, { name, open }: (typeof PLATFORMS)[number]): Promise<string> {
  const { entity, origins, instance } = await detectIn(await open(t));
  const part = (key: string) => `\`${entity?.keyAttributes[key]}\` (${origins[key]})`;
  const found = Object.entries(entity?.attributes ?? {}).flatMap(([key, value]) => {
    if (key === 'AWS.ServiceNameSource') return [];
    return [key === 'PlatformType' ? `\`${value}\`` : `\`${key}\``];
  });
  return `| ${name} | ${part('Name')} | ${part('Environment')} | ${found.join(', ')} | \`${instance}\` |`;
}
