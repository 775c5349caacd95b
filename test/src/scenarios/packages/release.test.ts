import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { ROOT } from '../../documentation/pages.js';

const ADDRESS = 'https://git.example/owner/name';
const COMPLETE = {
  version: '1.2.3',
  repository: { type: 'git', url: `git+${ADDRESS}.git`, directory: 'packages/core' },
  homepage: `${ADDRESS}#readme`,
  bugs: `${ADDRESS}/issues`,
};

function checkRelease(
  t: ExecutionContext,
  manifest: object,
  changes: readonly string[] = [],
  changelog = '# @putlogs/core\n\n## 1.2.3\n\n- Better.\n',
): { code: number | null; faults: string } {
  const folder = mkdtempSync(join(tmpdir(), 'putlogs-release-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'packages/core'), { recursive: true });
  writeFileSync(join(folder, 'packages/core/package.json'), JSON.stringify(manifest));
  writeFileSync(join(folder, 'packages/core/CHANGELOG.md'), changelog);
  mkdirSync(join(folder, '.changeset'));
  for (const file of changes) writeFileSync(join(folder, '.changeset', file), '');
  const script = join(ROOT, 'scripts/check-release.js');
  const { status, stderr } = spawnSync(process.execPath, [script, 'v1.2.3', ADDRESS], {
    cwd: folder,
    encoding: 'utf8',
  });
  return { code: status, faults: stderr };
}

test('a complete release passes', (t) => {
  t.deepEqual(checkRelease(t, COMPLETE, ['ledger.yaml']), { code: 0, faults: '' });
});

test('a release without an address, or with that of another repository, is refused', (t) => {
  const { code, faults } = checkRelease(t, { version: '1.2.3' });
  t.is(code, 1);
  for (const field of ['repository.url', 'repository.directory', 'homepage', 'bugs'])
    t.regex(faults, new RegExp(`packages/core/package\\.json: ${field} is not set`));
  const other = {
    ...COMPLETE,
    repository: { ...COMPLETE.repository, url: 'git+https://git.example/a/b.git' },
  };
  t.regex(
    checkRelease(t, other).faults,
    /^.+: repository\.url is git\+https:\/\/git\.example\/a\/b\.git, not .+\n$/,
  );
});

test('a tag that is not the version, and changes that are in no version, are refused', (t) => {
  t.regex(checkRelease(t, { ...COMPLETE, version: '1.2.2' }).faults, /version is 1\.2\.2, not 1\.2\.3/);
  const { code, faults } = checkRelease(t, COMPLETE, ['blue-birds-sing.md']);
  t.is(code, 1);
  t.regex(faults, /^\.changeset\/blue-birds-sing\.md is in no version yet/);
});

test('a version that no changelog tells of is refused', (t) => {
  const { code, faults } = checkRelease(t, COMPLETE, [], '# @putlogs/core\n\n## 1.2.30\n\n- Later.\n');
  t.is(code, 1);
  t.is(faults, 'No CHANGELOG.md says what 1.2.3 changes.\n');
});
