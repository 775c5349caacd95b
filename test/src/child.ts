import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Local } from '@awslogs/local';

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
}

/**
 * Runs a fixture in a process of its own, pointed at the service, until it ends.
 * @param signals each time it writes something it is sent the next of them
 */
export async function runFixture(
  local: Local,
  fixture: string,
  args: readonly string[] = [],
  env: Record<string, string> = {},
  signals: readonly NodeJS.Signals[] = [],
): Promise<Ended> {
  const file = fileURLToPath(new URL(`./fixtures/${fixture}`, import.meta.url));
  const began = performance.now();
  const child = spawn(process.execPath, ['--no-warnings', file, ...args], {
    env: { PATH: process.env.PATH, ...local.env, AWSLOGS_LOG_GROUP_NAME: '/test/app', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const left = [...signals];
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output.stdout += text;
    const signal = left.shift();
    if (signal !== undefined) child.kill(signal);
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    output.stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) =>
      resolve({ code, signal, ...output, ms: performance.now() - began }),
    );
  });
}
