import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

const HERE = fileURLToPath(new URL('..', import.meta.url));

/**
 * The URL of a package of ours.
 * @param {string} name
 * @param {string} [checkout] the root of a built checkout; default: this one
 */
export function packageUrl(name, checkout = HERE) {
  const bench = createRequire(new URL('bench/package.json', pathToFileURL(`${checkout}/`)));
  return pathToFileURL(bench.resolve(name)).href;
}
