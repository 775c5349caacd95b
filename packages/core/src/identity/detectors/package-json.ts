import { dirname, join } from 'node:path';
import { parseObject } from '../../util/json.js';
import type { Diagnostics } from '../diagnostics.js';
import { attributesFrom, type ResourceAttributes } from '../resource-attributes.js';
import { ForeignFile, type RuntimeEnvironment } from '../runtime-environment.js';

/**
 * The name in the nearest package.json above the main script. A bundled program may have none. A file that belongs to
 * another user is ignored, since anybody could put one into /tmp and thereby choose the entity of a program's logs.
 * @param diagnostics receives notes
 */
export async function packageAttributes(
  { mainScript, readFile }: RuntimeEnvironment,
  diagnostics: Diagnostics,
): Promise<ResourceAttributes> {
  // If a tool such as pm2 or next is the main script, the name is that of the package that installed the tool.
  const script = await mainScript();
  const [start = ''] = script.split(/[\\/]node_modules[\\/]/);
  for (let folder = start; ; folder = dirname(folder)) {
    const path = join(folder, 'package.json');
    const text = await readFile(path, script).catch((error: unknown) => {
      if (error instanceof ForeignFile)
        diagnostics.notes.push(`${path} belongs to another user, so its name is not used.`);
      return undefined;
    });
    if (text !== undefined)
      return attributesFrom('package.json', { 'package.name': parseObject(text)?.name });
    if (folder === dirname(folder)) return new Map();
  }
}
