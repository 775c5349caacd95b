import { lstat, readFile, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { type Fetch, httpFetch } from '../util/http-fetch.js';

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
  return { env, hostname: hostname(), readFile: readText, fetch: httpFetch, mainScript };
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

/**
 * In a worker thread, process.argv[1] is the worker's script, but on Linux the command line of the process can be read.
 */
async function mainScript(): Promise<string> {
  if (isMainThread) return process.argv[1] ?? process.cwd();
  const commandLine = await readText('/proc/self/cmdline').catch(() => '');
  return resolve(process.cwd(), scriptIn(commandLine.split('\0').slice(1)));
}

/** Options of Node that are followed by the path of another script. */
const PRELOAD = /^(?:-r|--require|--import|--(?:experimental-)?loader)$/;

function scriptIn(args: readonly string[]): string {
  return args.find((arg, i) => !arg.startsWith('-') && !PRELOAD.test(args[i - 1] ?? '')) ?? '';
}
