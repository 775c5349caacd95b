import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Local } from '@putlogs/local';

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface RunOptions {
  readonly env?: Record<string, string>;
  readonly nodeArguments?: readonly string[];
  /** A program that starts the process, with its arguments. */
  readonly starter?: readonly string[];
  /** The working directory. */
  readonly cwd?: string;
  /** The maximum size of a file, in blocks of 512 bytes. Writing more fails, as on a full disk. */
  readonly maxFileBlocks?: number;
  /** Called each time the process has written something to its stdout. */
  readonly onOutput?: (child: ChildProcess) => void;
  /** The same for its stderr. @param stderr all that it has written */
  readonly onErrorOutput?: (stderr: string) => void;
}

/** Written by Node when a process under NODE_V8_COVERAGE ends before its coverage is written. */
const COVERAGE_FAILURE = /^Failed to stringify coverage profile result\r?\n/gm;

/** NODE_OPTIONS load a module that blocks the metadata service of this machine: see ava.config.js. */
const { PATH, NODE_OPTIONS } = process.env;
const ofThisProcess = { PATH, NODE_OPTIONS };

/** The path of a fixture. */
export function fixturePath(fixture: string): string {
  return fileURLToPath(new URL(`../fixtures/${fixture}`, import.meta.url));
}

/** Runs a fixture in a process of its own, which logs to the local service, until it ends. */
export function runFixture(
  local: Local,
  fixture: string,
  args: readonly string[] = [],
  options: RunOptions = {},
): Promise<Ended> {
  return runProgram(local, fixturePath(fixture), args, options);
}

/** Runs any Node program in the same way. */
export async function runProgram(
  local: Local,
  file: string,
  args: readonly string[] = [],
  {
    env = {},
    nodeArguments = [],
    starter = [],
    cwd,
    maxFileBlocks,
    onOutput,
    onErrorOutput,
  }: RunOptions = {},
): Promise<Ended> {
  const command = [...starter, process.execPath, '--no-warnings', ...nodeArguments, file, ...args];
  const limited = ['sh', '-c', `ulimit -f ${maxFileBlocks}; exec "$0" "$@"`, ...command];
  const [program = '', ...rest] = maxFileBlocks === undefined ? command : limited;
  const child = spawn(program, rest, {
    cwd,
    env: { ...ofThisProcess, ...local.env, PUTLOGS_LOG_GROUP_NAME: '/test/app', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output.stdout += text;
    onOutput?.(child);
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    output.stderr += text.replace(COVERAGE_FAILURE, '');
    onErrorOutput?.(output.stderr);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, ...output }));
  });
}
