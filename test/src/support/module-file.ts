import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ExecutionContext } from 'ava';

/** Writes a module for the option `module`, where it finds the packages. @returns its path */
export function moduleFile(t: ExecutionContext, code: string, name = 'logging.mjs'): string {
  const folder = mkdtempSync(fileURLToPath(new URL('module-', import.meta.url)));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const file = join(folder, name);
  writeFileSync(file, code);
  return file;
}
