import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { isMainThread } from 'node:worker_threads';

/**
 * The path of the main script, or the working directory if it is unknown. In a worker thread, process.argv[1] is the worker's
 * script, but on Linux the command line of the process can be read.
 */
export function mainScript(): string {
  if (isMainThread) return process.argv[1] ?? process.cwd();
  return resolve(process.cwd(), scriptIn(commandLine().split('\0').slice(1)));
}

function commandLine(): string {
  try {
    return readFileSync('/proc/self/cmdline', 'utf8');
  } catch {
    return '';
  }
}

/** Options of Node that are followed by the path of another script. */
const PRELOAD = /^(?:-r|--require|--import|--(?:experimental-)?loader)$/;

function scriptIn(args: readonly string[]): string {
  return args.find((arg, i) => !arg.startsWith('-') && !PRELOAD.test(args[i - 1] ?? '')) ?? '';
}
