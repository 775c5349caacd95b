import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { SOMEWHERE } from '../../support/platforms.js';
import { introduceAt } from '../../support/runtime-environment.js';

for (const { name, open, keyAttributes, attributes, instance, problems = [] } of SOMEWHERE) {
  test(`found without being told: ${name}`, async (t) => {
    const found = await introduceAt(await open(t));
    t.deepEqual(found.entity, { keyAttributes, attributes });
    t.deepEqual(Object.keys(found.entity?.attributes ?? {}), Object.keys(attributes), 'in this order');
    t.is(found.instance, instance);
    t.is(found.problems.length, problems.length, found.problems.join());
    for (const [i, problem] of problems.entries()) t.regex(found.problems[i] ?? '', problem);
    const parts = [...Object.keys(keyAttributes).slice(1), ...Object.keys(attributes)];
    t.deepEqual(Object.keys(found.origins), parts, 'each part has an origin');
  });

  test(`what the user says comes first: ${name}`, async (t) => {
    const { entity, problems } = await introduceAt(await open(t), { service: 'mine', environment: 'here' });
    t.deepEqual(problems, []);
    t.deepEqual(entity?.keyAttributes, { Type: 'Service', Name: 'mine', Environment: 'here' });
    t.deepEqual(entity?.attributes, { ...attributes, 'AWS.ServiceNameSource': 'UserConfiguration' });
  });
}

test('docs/entity.md has the table of what is found where', async (t) => {
  const rows = await Promise.all(SOMEWHERE.map((somewhere) => row(t, somewhere)));
  const table = [
    '| | `Name` | `Environment` | attributes | `{instance}` |',
    '|---|---|---|---|---|',
    ...rows,
  ].join('\n');
  const page = readFileSync(fileURLToPath(new URL('../../../../docs/entity.md', import.meta.url)), 'utf8');
  t.true(page.includes(table), `docs/entity.md should have\n${table}`);
});

async function row(t: ExecutionContext, { name, open }: (typeof SOMEWHERE)[number]): Promise<string> {
  const { entity, origins, instance } = await introduceAt(await open(t));
  const part = (key: string) => `\`${entity?.keyAttributes[key]}\` (${origins[key]})`;
  const found = Object.entries(entity?.attributes ?? {}).flatMap(([key, value]) => {
    if (key === 'AWS.ServiceNameSource') return [];
    return [key === 'PlatformType' ? `\`${value}\`` : `\`${key}\``];
  });
  return `| ${name} | ${part('Name')} | ${part('Environment')} | ${found.join(', ')} | \`${instance}\` |`;
}
