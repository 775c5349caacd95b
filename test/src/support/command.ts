import { type ChildProcess, type StdioOptions, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Local } from '@putlogs/local';
import test, { type ExecutionContext } from 'ava';
import { until } from './until.js';

/** `test`, where util-linux has a terminal for a program; elsewhere the test is skipped. */
export const testOnTerminal =
  spawnSync('script', ['--version']).status === 0 ? test.serial : test.serial.skip;

/** The command putlogs. */
const PUTLOGS = fileURLToPath(new URL('../../../packages/cli/dist/main.js', import.meta.url));

interface CommandOptions {
  readonly cwd?: string;
  /** Besides what keeps it off the network. */
  readonly env?: Readonly<Record<string, string>>;
  /** Written to its stdin. Default: none. */
  readonly input?: string;
  /** Default: pipes. */
  readonly stdio?: StdioOptions;
  /** A command that runs putlogs, instead of putlogs. */
  readonly starter?: readonly string[];
}

/** A running putlogs and its output so far. */
export class Command {
  readonly child: ChildProcess;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  stdout = '';
  stderr = '';

  constructor(args: readonly string[], { cwd, env = {}, input, stdio, starter = [] }: CommandOptions = {}) {
    const [program = '', ...rest] = starter.length > 0 ? starter : [process.execPath, PUTLOGS, ...args];
    this.child = spawn(program, rest, {
      cwd,
      env: { ...surroundings(), ...env },
      stdio: stdio ?? [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    this.child.stdout?.setEncoding('utf8').on('data', (text) => {
      this.stdout += text;
    });
    this.child.stderr?.setEncoding('utf8').on('data', (text) => {
      this.stderr += text.replace(COVERAGE_FAILURE, '');
    });
    this.child.stdin?.on('error', () => undefined);
    if (input !== undefined) this.child.stdin?.end(input);
    this.ended = once(this.child, 'close').then(([code, signal]) => ({ code, signal }));
  }

  /** Runs putlogs on a terminal of its own, whose contents become its stdout. */
  static onTerminal(args: readonly string[], options: CommandOptions = {}): Command {
    const quoted = [process.execPath, PUTLOGS, ...args].map((arg) => `'${arg}'`).join(' ');
    return new Command([], {
      ...options,
      starter: ['script', '--quiet', '--return', '--command', quoted, '/dev/null'],
      stdio: ['pipe', 'pipe', 'pipe'],
    });
  }

  /** Waits until it has sent something to the service. */
  async started(local: Local): Promise<void> {
    await until(
      'a request',
      () => local.requests.some(({ operation }) => operation === 'PutLogEvents'),
      () => sleep(10),
    );
  }

  /** Waits for text in its output. */
  async until(pattern: RegExp): Promise<void> {
    const isThere = () => pattern.test(this.stdout) || pattern.test(this.stderr);
    let isOver = false;
    void this.ended.then(() => {
      isOver = true;
    });
    await until(
      `${pattern} in the output`,
      () => isOver || isThere(),
      () => sleep(10),
    );
    if (!isThere()) throw new Error(`ended without ${pattern}:\n${this.stdout}${this.stderr}`);
  }
}

/** Written by Node when a process under NODE_V8_COVERAGE ends before its coverage is written. */
const COVERAGE_FAILURE = /^Failed to stringify coverage profile result\r?\n/gm;

/** Nothing that the user of this machine has configured. */
export function surroundings(): Record<string, string | undefined> {
  const { PATH, NODE_OPTIONS, NODE_V8_COVERAGE, AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE } = process.env;
  const awsFiles = { AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE };
  return { PATH, NODE_OPTIONS, NODE_V8_COVERAGE, ...awsFiles, AWS_EC2_METADATA_DISABLED: 'true' };
}

/** Runs putlogs until it ends. */
export async function putlogs(args: readonly string[], options: CommandOptions = {}) {
  const command = new Command(args, options);
  const { code, signal } = await command.ended;
  return { code, signal, stdout: command.stdout, stderr: command.stderr };
}

/** A folder with the package.json of an application. */
export function application(t: ExecutionContext, packageJson = '{"name":"checkout"}'): string {
  const folder = mkdtempSync(join(tmpdir(), 'putlogs-command-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'package.json'), packageJson);
  return folder;
}
