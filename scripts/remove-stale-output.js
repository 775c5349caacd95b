// Removes files from the dist folder of the package in the working directory whose source is gone: the compiler leaves
// them behind when a source is moved or deleted, and they would be published.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const OUTPUT = /\.(?:d\.)?(c?)[jt]s$/;

for (const file of readdirSync('dist', { recursive: true })) {
  if (OUTPUT.test(file) && !existsSync(join('src', file.replace(OUTPUT, '.$1ts'))))
    rmSync(join('dist', file));
}
