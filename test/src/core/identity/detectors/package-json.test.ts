import { execFileSync } from 'node:child_process';
import { chownSync, lchownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { thisRuntimeEnvironment } from '@putlogs/core/internal';
import test, { type ExecutionContext } from 'ava';
import { detectIn } from '../../../support/runtime-environment.js';

const USER = 12_345;
const OTHER_USER = 23_456;

/** Only root may change the owner of a file. */
const testAsRoot = process.geteuid?.() === 0 ? test : test.skip;

/** A program in a folder that anybody may write to. */
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
    const found = await detectIn({ ...thisRuntimeEnvironment(env), mainScript: async () => script });
    return { name: found.entity?.keyAttributes.Name, notes: found.notes };
  };
  const refused = {
    name: undefined,
    notes: [`${planted} belongs to another user, so its name is not used.`],
  };
  return { planted, nameOf, refused };
}

const PACKAGE = '{"name":"planted"}';

for (const [what, owner, ofPackage, isTrusted] of [
  ['of this user', process.geteuid?.() ?? 0, process.geteuid?.() ?? 0, true],
  ["of root, as in a container's image", USER, 0, true],
  ["of the main script's owner", USER, USER, true],
  ['of another user', 0, USER, false],
  ["of another user than the main script's owner", USER, OTHER_USER, false],
] as const) {
  testAsRoot(`a package.json ${what} ${isTrusted ? 'names' : 'does not name'} the service`, async (t) => {
    const { planted, nameOf, refused } = program(t, { owner });
    writeFileSync(planted, PACKAGE);
    chownSync(planted, ofPackage, ofPackage);
    t.deepEqual(await nameOf(), isTrusted ? { name: 'planted', notes: [] } : refused);
  });
}

testAsRoot('a link to a package.json belongs to the user who created the link', async (t) => {
  const { planted, nameOf, refused } = program(t, { owner: 0 });
  writeFileSync(`${planted}.real`, PACKAGE);
  symlinkSync(`${planted}.real`, planted);
  t.is((await nameOf()).name, 'planted');
  lchownSync(planted, USER, USER);
  t.deepEqual(await nameOf(), refused);
});

testAsRoot(
  'a named pipe of another user instead of a package.json does not block the detection',
  async (t) => {
    const { planted, nameOf, refused } = program(t, { owner: 0 });
    execFileSync('mkfifo', [planted]);
    chownSync(planted, USER, USER);
    t.deepEqual(await nameOf(), refused);
  },
);
