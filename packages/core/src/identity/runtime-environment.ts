import { lstat, readFile, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { type Fetch, httpFetch } from '../util/http-fetch.js';
import { mainScript } from '../util/main-script.js';

/** What the detection reads. It is passed in, so that tests can provide their own. */
export interface RuntimeEnvironment {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly hostname: string;
  /**
   * Reads a text file. Rejects if that fails.
   * @param beside if given, rejects with ForeignFile unless the file belongs to this user, root, or the owner of that
   * path
   */
  readonly readFile: (path: string, beside?: string) => Promise<string>;
  readonly fetch: Fetch;
  /** The path of the main script, or the working directory if it is unknown. */
  readonly mainScript: () => Promise<string>;
}

/** The file belongs to another user. */
export class ForeignFile extends Error {
  override readonly name = 'ForeignFile';
}

/** The environment of this process. */
export function thisRuntimeEnvironment(env: RuntimeEnvironment['env']): RuntimeEnvironment {
  return {
    env,
    hostname: hostname(),
    readFile: readText,
    fetch: httpFetch,
    mainScript: async () => mainScript(),
  };
}

async function readText(path: string, beside?: string): Promise<string> {
  if (beside !== undefined) await checkOwner(path, beside);
  return readFile(path, 'utf8');
}

async function checkOwner(path: string, beside: string): Promise<void> {
  // Not `stat`: the creator of a link decides what is read.
  const { uid } = await lstat(path);
  const owner = await stat(beside).catch(() => undefined);
  if (![0, process.geteuid?.(), owner?.uid].includes(uid)) throw new ForeignFile(path);
}
