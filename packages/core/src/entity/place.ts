import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { type Fetch, httpFetch } from './http.js';

/** Where the program runs, as far as is looked: passed in, so that a test can be anywhere. */
export interface Place {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly hostname: string;
  /** The text of a file. Rejects when it cannot be read. */
  readonly readFile: (path: string) => Promise<string>;
  readonly fetch: Fetch;
  /** The path of the main script; where nobody knows it, the folder in which the program was started. */
  readonly mainScript: () => Promise<string>;
}

export function thisPlace(env: Place['env']): Place {
  return { env, hostname: hostname(), readFile: readText, fetch: httpFetch, mainScript };
}

function readText(path: string): Promise<string> {
  return readFile(path, 'utf8');
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
