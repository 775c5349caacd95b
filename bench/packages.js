import { readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const HERE = fileURLToPath(new URL('..', import.meta.url));

/**
 * The URL of a package of ours.
 * @param {string} name
 * @param {string} [checkout] the root of a built checkout; default: this one
 */
export function packageUrl(name, checkout = HERE) {
  const folder = realpathSync(join(checkout, 'bench/node_modules', name));
  const { exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  // What `import` loads. `require` would lead to CommonJS.
  return pathToFileURL(join(folder, exports['.'].default)).href;
}
