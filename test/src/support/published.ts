import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ExecutionContext } from 'ava';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const PACKAGES = ['core', 'pino', 'winston'];

/** What stands beside them in an application, from the tests' own dependencies. */
const BESIDE = ['pino', 'winston', '@types/node'];

interface Manifest {
  readonly files: readonly string[];
  readonly dependencies: Readonly<Record<string, string>>;
  readonly publishConfig: { readonly exports: object };
}

/**
 * A folder of an application that has installed our packages: copies of the files that are published, with the exports that are
 * published, outside of this repository.
 */
export function applicationFolder(t: ExecutionContext, files: Readonly<Record<string, string>>): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'putlogs-application-')));
  t.teardown(() => rmSync(folder, { recursive: true }));
  for (const name of PACKAGES) install(name, join(folder, 'node_modules'));
  for (const name of BESIDE) link(name, join(ROOT, name.startsWith('@types') ? '' : 'test'), folder);
  for (const [name, text] of Object.entries({ 'package.json': '{}', ...files }))
    writeFileSync(join(folder, name), text);
  return folder;
}

function install(name: string, modules: string): void {
  const from = join(ROOT, 'packages', name);
  const to = join(modules, '@putlogs', name);
  mkdirSync(to, { recursive: true });
  const manifest: Manifest = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8'));
  for (const file of manifest.files.filter((pattern) => !pattern.startsWith('!')))
    cpSync(join(from, file), join(to, file), { recursive: true });
  writeFileSync(join(to, 'package.json'), JSON.stringify({ ...manifest, ...manifest.publishConfig }));
  for (const dependency of Object.keys(manifest.dependencies))
    if (!dependency.startsWith('@putlogs/')) link(dependency, from, dirname(modules));
}

function link(name: string, from: string, folder: string): void {
  const path = join(folder, 'node_modules', name);
  mkdirSync(dirname(path), { recursive: true });
  rmSync(path, { force: true });
  symlinkSync(realpathSync(join(from, 'node_modules', name)), path);
}
