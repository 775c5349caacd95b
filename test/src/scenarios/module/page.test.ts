import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { runProgram } from '../../support/child.js';
import { startLocal } from '../../support/harness.js';
import { moduleFile } from '../../support/module-file.js';

const PAGE = readFileSync(fileURLToPath(new URL('../../../../docs/module.md', import.meta.url)), 'utf8');

test('the files of docs/module.md do what it says', async (t) => {
  const local = await startLocal(t);
  const files = Array.from(
    PAGE.matchAll(/```js\n\/\/ (\S+)\n([\s\S]*?)```/g),
    ([, name = '', code = '']) => ({ name, code }),
  );
  t.deepEqual(
    files.map(({ name }) => name),
    ['logging.js', 'app.js'],
  );
  const folder = dirname(moduleFile(t, '{ "name": "shop", "type": "module" }', 'package.json'));
  for (const { name, code } of files) writeFileSync(join(folder, name), code);
  const { code, stderr } = await runProgram(local, join(folder, 'app.js'));
  t.is(stderr, '');
  t.is(code, 0);
  const arrived = local.events('/my/app').map(({ logStreamName, message }) => [logStreamName, message]);
  t.deepEqual(arrived.toSorted(), [
    ['all', '{"level":30,"msg":"started"}'],
    ['tenants/acme', '{"level":30,"tenant":"acme","msg":"order placed"}'],
  ]);
});
