import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** The pages of the project, and what CI runs. */
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
  (path) => !path.includes('node_modules') && /(?:\.md|^\.ci\/run)$/.test(path),
);

/** Names on the registry that are ours, or pinned by the lock file: the latter come from node_modules. */
const KNOWN =
  /^npx (?:-y pnpm@12 |@putlogs\/local |(?:-y )?-p @putlogs\/(?:cli putlogs|local putlogs-local)|ava |tsc |biome |knip)/;

test('each command of a page that downloads a program names a package that is ours, or pnpm', (t) => {
  const commands = files.flatMap((path) => readFileSync(join(root, path), 'utf8').match(/\bnpx .*/g) ?? []);
  t.true(commands.length > 5);
  t.deepEqual(
    commands.filter((command) => !KNOWN.test(command)),
    [],
  );
});

test('CI installs the program of the pnpm that package.json names, by its hash', (t) => {
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const [, pinned] = /^pnpm@(12\.\d+\.\d+)\+sha512\.[0-9a-f]{128}$/.exec(packageManager) ?? [];
  const lock = JSON.parse(readFileSync(join(root, '.ci/package-lock.json'), 'utf8'));
  const { '': own, ...installed }: Record<string, Installed> = lock.packages;
  t.deepEqual(Object.keys(own?.optionalDependencies ?? {}), ['@pnpm/exe.linux-arm64', '@pnpm/exe.linux-x64']);
  t.is(Object.keys(installed).length, 2);
  for (const { version, integrity, hasInstallScript } of Object.values(installed)) {
    t.is(version, pinned);
    t.regex(integrity ?? '', /^sha512-[\w+/]{86}==$/);
    t.is(hasInstallScript, undefined);
  }
});

interface Installed {
  readonly version?: string;
  readonly integrity?: string;
  readonly hasInstallScript?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}
