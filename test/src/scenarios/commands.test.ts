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
  /^npx (?:-y pnpm@12 |-y "\$pnpm" |@putlogs\/local |(?:-y )?-p @putlogs\/(?:cli putlogs|local putlogs-local)|ava |tsc |biome |knip)/;

test('each command of a page that downloads a program names a package that is ours, or pnpm', (t) => {
  const commands = files.flatMap((path) => readFileSync(join(root, path), 'utf8').match(/\bnpx .*/g) ?? []);
  t.true(commands.length > 5);
  t.deepEqual(
    commands.filter((command) => !KNOWN.test(command)),
    [],
  );
});

test('pnpm is pinned by its hash', (t) => {
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  t.regex(packageManager, /^pnpm@12\.\d+\.\d+\+sha512\.[0-9a-f]{128}$/);
});
