import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode, errorMessage, redact } from '@putlogs/core/main-thread';
import type { End, LogStream, Source } from './source.js';

/** A process that the command has left behind may keep its output open: its silence is not waited for longer than this. */
const LEFT_BEHIND_MS = 1000;
/** And what it goes on to say is not read for longer than this. */
const LAST_WORDS_MS = 2000;
const CHECK_MS = 20;

/** More than a pipe holds: what the command itself has said is read by then. */
const PIPE_BYTES = 1024 * 1024;

/** As shells do. */
const NOT_FOUND = 127;
const NOT_EXECUTABLE = 126;

/** On a terminal Ctrl+C and Ctrl+\ reach the command as well. A second one would make it end at once. */
const FROM_TERMINAL: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT'];

/** The command could not be started. */
export class StartError extends Error {
  readonly exitCode: number;

  constructor(command: string, error: Error) {
    const isMissing = errorCode(error) === 'ENOENT';
    super(
      isMissing ? `there is no command ${command}` : `${command} cannot be started: ${errorMessage(error)}`,
    );
    this.exitCode = isMissing ? NOT_FOUND : NOT_EXECUTABLE;
  }
}

/** The output of a command: `putlogs pipe -- node app.js`. It gets the signals, and its end is that of this program. */
export class CommandSource implements Source {
  readonly streams: readonly LogStream[];
  readonly ended: Promise<End>;
  readonly signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const;
  readonly #child: ChildProcess;
  #failure: unknown;
  #hasExited = false;
  #isStopped = false;

  private constructor(child: ChildProcess) {
    const { stdout, stderr } = child;
    if (stdout === null || stderr === null) throw new Error('the command has no output');
    this.#child = child;
    child.on('error', (error) => {
      this.#failure = error;
    });
    this.streams = [
      { input: stdout, copyTo: process.stdout },
      { input: stderr, copyTo: process.stderr },
    ];
    this.ended = this.#waitForEnd();
  }

  /** @throws {StartError} */
  static async start([command = '', ...args]: readonly string[]): Promise<CommandSource> {
    const child = spawn(command, args, { stdio: ['inherit', 'pipe', 'pipe'] });
    await once(child, 'spawn').catch((error: Error) => {
      throw new StartError(command, error);
    });
    return new CommandSource(child);
  }

  signalled(signal: NodeJS.Signals): string | undefined {
    if (this.#hasExited) {
      this.#isStopped = true;
      return undefined;
    }
    const hasItAlready = FROM_TERMINAL.includes(signal) && process.stdin.isTTY;
    if (hasItAlready) return undefined;
    this.#failure = undefined;
    try {
      // It emits some errors and throws others.
      this.#child.kill(signal);
    } catch (error) {
      this.#failure = error;
    }
    if (this.#failure === undefined) return undefined;
    return `the command does not get ${signal}: ${redact(errorMessage(this.#failure))}`;
  }

  async #waitForEnd(): Promise<End> {
    let isClosed = false;
    this.#child.once('close', () => {
      isClosed = true;
    });
    // Not once(): an error, such as of kill(), does not end it.
    const end = await new Promise<End>((resolve) => {
      this.#child.once('exit', (code, signal) =>
        resolve(signal === null ? { kind: 'code', code: code ?? 1 } : { kind: 'signal', signal }),
      );
    });
    this.#hasExited = true;
    await this.#output(() => isClosed);
    for (const { input } of this.streams) input.destroy();
    return end;
  }

  /** Resolves when everything is read, or when only a process that was left behind may have more to say. */
  async #output(isClosed: () => boolean): Promise<void> {
    const start = this.#bytesRead;
    let [bytes, quietSince, newSince] = [start, performance.now(), Number.POSITIVE_INFINITY];
    while (!isClosed()) {
      await sleep(CHECK_MS);
      const now = performance.now();
      const isWaiting = this.#outputs.some(({ readableLength }) => readableLength > 0);
      const isQuiet = this.#bytesRead === bytes && !isWaiting;
      if (!isQuiet) quietSince = now;
      if (isQuiet || bytes - start > PIPE_BYTES) newSince = Math.min(newSince, now);
      bytes = this.#bytesRead;
      const patienceMs = this.#isStopped ? 0 : LAST_WORDS_MS;
      if (now - quietSince > LEFT_BEHIND_MS || now - newSince >= patienceMs) return;
    }
  }

  get #bytesRead(): number {
    return this.#outputs.reduce((sum, { bytesRead }) => sum + bytesRead, 0);
  }

  get #outputs(): Socket[] {
    // Of a child process, pipes are sockets.
    return this.streams.map(({ input }) => input as Socket);
  }
}
