import { isBuiltin } from 'node:module';
import { dirname, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { errorCode } from './error-message.js';
import { mainScript } from './main-script.js';
import { nodeRequire } from './node-require.js';

/**
 * The path of the file that a module's name leads to; undefined if there is none.
 * @param name the path of a file, absolute or relative to the main script, a file URL, or the name of a package
 */
export function modulePath(name: string): string | undefined {
  try {
    const path = resolveModule(name);
    return isAbsolute(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

/** What is wrong with a module's name, as the end of "a module that …"; undefined if nothing is. */
export function moduleFlaw(name: string): string | undefined {
  if (isBuiltin(name)) return 'is a module of Node';
  try {
    resolveModule(name);
    return undefined;
  } catch (error) {
    const code = errorCode(error);
    if (code !== 'MODULE_NOT_FOUND') return `cannot be resolved (${code})`;
    if (isAbsolute(name) || name.startsWith('file:')) return 'does not exist';
    const hint = modulePath(`./${name}`) === undefined ? '' : ` (did you mean ./${name}?)`;
    return `is not found in ${baseFolder()}${hint}`;
  }
}

function resolveModule(name: string): string {
  const base = nodeRequire(join(baseFolder(), 'main.js'));
  return base.resolve(name.startsWith('file:') ? fileURLToPath(name) : name);
}

/** If a tool such as next or jest is the main script, the folder is that of the package that installed the tool. */
function baseFolder(): string {
  const script = mainScript();
  const [project = '', tool] = script.split(/[\\/]node_modules[\\/]/, 2);
  if (tool !== undefined) return project;
  // `node .` and `node app` leave the name of the file to Node.
  const file = fileOf(script);
  return file === undefined ? script : dirname(file);
}

function fileOf(script: string): string | undefined {
  try {
    return nodeRequire(script).resolve(script);
  } catch {
    return undefined;
  }
}
