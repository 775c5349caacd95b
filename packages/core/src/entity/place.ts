import { lstat, readFile, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { type Fetch, httpFetch } from './http.js';

/** Where the program runs, as far as is looked: passed in, so that a test can be anywhere. */
export interface Place {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly hostname: string;
  /**
   * The text of a file. Rejects when it cannot be read, and with a ForeignFile when it belongs to somebody else than this
   * user, root, or the owner of the file `beside`, where that is given.
   */
  readonly readFile: (path: string, beside?: string) => Promise<string>;
  readonly fetch: Fetch;
  /** The path of the main script; where nobody knows it, the folder in which the program was started. */
  readonly mainScript: () => Promise<string>;
}

/** A file that anybody may have put there. */
export class ForeignFile extends Error {
  override readonly name = 'ForeignFile';
}

export function thisPlace(env: Place['env']): Place {
  return { env, hostname: hostname(), readFile: readText, fetch: httpFetch, mainScript };
}

async function readText(path: string, beside?: string): Promise<string> {
  if (beside !== undefined) await checkOwner(path, beside);
  return readFile(path, 'utf8');
}

async function checkOwner(path: string, beside: string): Promise<void> {
  // Of a link its own owner counts: whoever made it chose what is read.
  const { uid } = await lstat(path);
  const owner = await stat(beside).catch(() => undefined);
  if (![0, process.geteuid?.(), owner?.uid].includes(uid)) throw new ForeignFile(path);
}

/** Node tells a worker thread its own script alone, where Linux has the command line of the process. */
async function mainScript(): Promise<string> {
  if (isMainThread) return process.argv[1] ?? process.cwd();
  const commandLine = await readText('/proc/self/cmdline').catch(() => '');
  return resolve(process.cwd(), scriptIn(commandLine.split('\0').slice(1)));
}

/** Options of Node that are followed by the name of another script. */
const PRELOAD = /^(?:-r|--require|--import|--(?:experimental-)?loader)$/;

function scriptIn(args: readonly string[]): string {
  return args.find((arg, i) => !arg.startsWith('-') && !PRELOAD.test(args[i - 1] ?? '')) ?? '';
}
