import { dirname, join } from 'node:path';
import { type Facts, factsFrom } from './facts.js';
import { parseObject } from './json.js';
import type { Place } from './place.js';

/** The name in the package.json that is nearest above the main script. A bundled program may have none. */
export async function packageFacts({ mainScript, readFile }: Place): Promise<Facts> {
  // A program started by another, as by pm2 or next, is not that other's package, but the one that installed it.
  const [start = ''] = (await mainScript()).split(/[\\/]node_modules[\\/]/);
  for (let folder = start; ; folder = dirname(folder)) {
    const text = await readFile(join(folder, 'package.json')).catch(() => undefined);
    if (text !== undefined) return factsFrom('package.json', { 'package.name': parseObject(text).name });
    if (folder === dirname(folder)) return new Map();
  }
}
