import { dirname, join } from 'node:path';
import { type Facts, factsFrom } from './facts.js';
import { parseObject } from './json.js';
import { ForeignFile, type Place } from './place.js';
import type { Remarks } from './remarks.js';

/**
 * The name in the package.json that is nearest above the main script. A bundled program may have none. One that another
 * user put there, as into /tmp, is passed over: he would choose the entity of this program's logs.
 * @param remarks is added to
 */
export async function packageFacts({ mainScript, readFile }: Place, remarks: Remarks): Promise<Facts> {
  // A program started by another, as by pm2 or next, is not that other's package, but the one that installed it.
  const script = await mainScript();
  const [start = ''] = script.split(/[\\/]node_modules[\\/]/);
  for (let folder = start; ; folder = dirname(folder)) {
    const path = join(folder, 'package.json');
    const text = await readFile(path, script).catch((error: unknown) => {
      if (error instanceof ForeignFile)
        remarks.notes.push(`${path} belongs to another user, and names no service.`);
      return undefined;
    });
    if (text !== undefined) return factsFrom('package.json', { 'package.name': parseObject(text).name });
    if (folder === dirname(folder)) return new Map();
  }
}
