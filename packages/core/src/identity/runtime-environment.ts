import { lstat, readFile, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { type Fetch, httpFetch } from '../util/http-fetch.js';

/** The machine, as detection sees it. Tests pass in their own. */
export interface RuntimeEnvironment {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly hostname: string;
  /**
   * The text of a file. Rejects when it cannot be read. With `beside`, rejects with a ForeignFile unless the file belongs to
   * this user, root, or the owner of `beside`.
   */
  readonly readFile: (path: string, beside?: string) => Promise<string>;
  readonly fetch: Fetch;
  /** The path of the main script, or the working directory when it is not known. */
  readonly mainScript: () => Promise<string>;
}

/** The file belongs to another user. */
export class ForeignFile extends Error {
  override readonly name = 'ForeignFile';
}

export function thisRuntimeEnvironment(env: RuntimeEnvironment['env']): RuntimeEnvironment {
  return { env, hostname: hostname(), readFile: readText, fetch: httpFetch, mainScript };
}

async function readText(path: string, beside?: string): Promise<string> {
  if (beside !== undefined) await checkOwner(path, beside);
  return readFile(path, 'utf8');
}

async function checkOwner(path: string, beside: string): Promise<void> {
  // For a link, the owner of the link decides, since its creator chose what is read.
  const { uid } = await lstat(path);
  const owner = await stat(beside).catch(() => undefined);
  if (![0, process.geteuid?.(), owner?.uid].includes(uid)) throw new ForeignFile(path);
}

/** In a worker thread Node knows only the worker's script, but Linux has the command line of the process. */
async function mainScript(): Promise<string> {
  if (isMainThread) return process.argv[1] ?? process.cwd();
  const commandLine = await readText('/proc/self/cmdline').catch(() => '');
  return resolve(process.cwd(), scriptIn(commandLine.split('\0').slice(1)));
}

/** Options of Node that are followed by another script. */
const PRELOAD = /^(?:-r|--require|--import|--(?:experimental-)?loader)$/;

function scriptIn(args: readonly string[]): string {
  return args.find((arg, i) => !arg.startsWith('-') && !PRELOAD.test(args[i - 1] ?? '')) ?? '';
}
