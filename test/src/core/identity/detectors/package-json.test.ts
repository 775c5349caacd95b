import { execFileSync } from 'node:child_process';
import { chownSync, lchownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { thisRuntimeEnvironment } from '@putlogs/core/internal';
import test, { type ExecutionContext } from 'ava';
import { introduceAt } from '../../../support/runtime-environment.js';

const SOMEBODY = 12_345;
const ANOTHER = 23_456;

/** Files may be given to others by root alone. */
const testAsRoot = process.geteuid?.() === 0 ? test : test.skip;

/** A program of its own in a folder that anybody may write to. */
function program(t: ExecutionContext, { owner }: { owner: number }) {
  const shared = mkdtempSync(join(tmpdir(), 'putlogs-package-'));
  t.teardown(() => rmSync(shared, { recursive: true }));
  const folder = join(shared, 'program');
  const script = join(folder, 'main.js');
  mkdirSync(folder);
  writeFileSync(script, '');
  chownSync(script, owner, owner);
  const planted = join(shared, 'package.json');
  const nameOf = async () => {
    const env = { AWS_EC2_METADATA_DISABLED: 'true' };
    const found = await introduceAt({ ...thisRuntimeEnvironment(env), mainScript: async () => script });
    return { name: found.entity?.keyAttributes.Name, notes: found.notes };
  };
  const refused = { name: undefined, notes: [`${planted} belongs to another user, and names no service.`] };
  return { planted, nameOf, refused };
}

const PACKAGE = '{"name":"planted"}';

for (const [what, owner, ofPackage, isTrusted] of [
  ['of this user', process.geteuid?.() ?? 0, process.geteuid?.() ?? 0, true],
  ["of root, as in a container's image", SOMEBODY, 0, true],
  ["of the main script's owner", SOMEBODY, SOMEBODY, true],
  ['of another user', 0, SOMEBODY, false],
  ["of another user than the main script's owner", SOMEBODY, ANOTHER, false],
] as const) {
  testAsRoot(`a package.json ${what} ${isTrusted ? 'names' : 'does not name'} the service`, async (t) => {
    const { planted, nameOf, refused } = program(t, { owner });
    writeFileSync(planted, PACKAGE);
    chownSync(planted, ofPackage, ofPackage);
    t.deepEqual(await nameOf(), isTrusted ? { name: 'planted', notes: [] } : refused);
  });
}

testAsRoot('a link to a package.json is of whoever made the link', async (t) => {
  const { planted, nameOf, refused } = program(t, { owner: 0 });
  writeFileSync(`${planted}.real`, PACKAGE);
  symlinkSync(`${planted}.real`, planted);
  t.is((await nameOf()).name, 'planted');
  lchownSync(planted, SOMEBODY, SOMEBODY);
  t.deepEqual(await nameOf(), refused);
});

testAsRoot('a pipe of another user in place of a package.json is not waited for', async (t) => {
  const { planted, nameOf, refused } = program(t, { owner: 0 });
  execFileSync('mkfifo', [planted]);
  chownSync(planted, SOMEBODY, SOMEBODY);
  t.deepEqual(await nameOf(), refused);
});
