// Where the measured process writes, and what reads there: a pipe into a shipper, as in `node app.js | fluent-bit …`.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

/** A shipper ends with its input. */
const PATIENCE_MS = 10_000;

/** The whole line is the message. Without the newline in it Fluent Bit would cut the lines where a read ends. */
const PARSERS = `[PARSER]
    Name   line
    Format regex
    Regex  ^(?<log>[^\\n]+)\\n
`;

/**
 * @typedef {object} Output
 * @property {number | 'inherit'} stdout of the process that writes; it is this process's to close
 * @property {number} [pid] of the shipper
 * @property {() => void} handOver called when the writing process has it
 * @property {() => Promise<void>} end called when the writing process has ended
 */

/**
 * @param {import('./variants.js').Variant['output']} kind
 * @param {{ port: number, env: NodeJS.ProcessEnv, fluentBit?: string }} shipping
 * @returns {Promise<Output>}
 */
export async function openOutput(kind, shipping) {
  if (kind === undefined) return { stdout: 'inherit', handOver: () => undefined, end: async () => undefined };
  if (kind === 'null') {
    const fd = openSync(devNull, 'w');
    return { stdout: fd, handOver: () => closeSync(fd), end: async () => undefined };
  }
  const folder = mkdtempSync(join(tmpdir(), 'putlogs-bench-'));
  const { reader, writer } = openPipe(join(folder, 'pipe'));
  const [command, args] = kind === 'cat' ? ['cat', []] : fluentBitCommand(folder, shipping);
  const child = spawn(command, args, { stdio: [reader, 'ignore', 'inherit'], env: shipping.env });
  closeSync(reader);
  const ended = once(child, 'exit');
  ended.catch(() => undefined); // it did not start, which is thrown below
  await once(child, 'spawn');
  return {
    stdout: writer,
    pid: child.pid,
    handOver: () => closeSync(writer),
    async end() {
      const patience = new AbortController();
      await Promise.race([ended, setTimeout(PATIENCE_MS, undefined, patience)]);
      patience.abort();
      child.kill('SIGKILL');
      rmSync(folder, { recursive: true });
    },
  };
}

/** The kernel's pipe, as a shell makes it; Node would give the two processes a pair of sockets. */
function openPipe(path) {
  execFileSync('mkfifo', [path]);
  // Opened for both first: one end alone would wait for the other.
  const both = openSync(path, constants.O_RDWR);
  const [reader, writer] = [openSync(path, 'r'), openSync(path, 'w')];
  closeSync(both);
  return { reader, writer };
}

/** Defaults, but for where it sends, and for a message that is the line. */
function fluentBitCommand(folder, { port, fluentBit }) {
  const parsers = join(folder, 'parsers.conf');
  writeFileSync(parsers, PARSERS);
  const target = {
    endpoint: '127.0.0.1',
    port,
    tls: 'off',
    region: 'us-east-1',
    log_group_name: '/bench',
    log_stream_name: 'bench',
    log_key: 'log',
  };
  const properties = Object.entries(target).flatMap(([name, value]) => ['-p', `${name}=${value}`]);
  const input = ['-i', 'stdin', '-p', 'parser=line'];
  return [fluentBit, ['--quiet', '-R', parsers, ...input, '-o', 'cloudwatch_logs', '-m', '*', ...properties]];
}
