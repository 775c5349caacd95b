import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode, errorMessage } from '@putlogs/core/main-thread';
import type { End, LogStream, Source } from './source.js';

/** A process that the command has left behind may keep its output open: it is not waited for longer than this. */
const LEFT_BEHIND_MS = 1000;
const CHECK_MS = 20;

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

  private constructor(child: ChildProcess) {
    const { stdout, stderr } = child;
    if (stdout === null || stderr === null) throw new Error('the command has no output');
    this.#child = child;
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

  signalled(signal: NodeJS.Signals): void {
    const hasItAlready = FROM_TERMINAL.includes(signal) && process.stdin.isTTY;
    if (!hasItAlready) this.#child.kill(signal);
  }

  async #waitForEnd(): Promise<End> {
    let isClosed = false;
    this.#child.once('close', () => {
      isClosed = true;
    });
    const [code, signal] = await once(this.#child, 'exit');
    await this.#output(() => isClosed);
    for (const { input } of this.streams) input.destroy();
    return signal === null ? { kind: 'code', code } : { kind: 'signal', signal };
  }

  /** Resolves when everything is read, or when nothing more has come for a while. */
  async #output(isClosed: () => boolean): Promise<void> {
    let [bytes, quietSince] = [-1, performance.now()];
    while (!isClosed() && performance.now() - quietSince < LEFT_BEHIND_MS) {
      await sleep(CHECK_MS);
      const read = this.#outputs.reduce((sum, { bytesRead }) => sum + bytesRead, 0);
      const isWaiting = this.#outputs.some(({ readableLength }) => readableLength > 0);
      if (read !== bytes || isWaiting) quietSince = performance.now();
      bytes = read;
    }
  }

  get #outputs(): Socket[] {
    // Of a child process, pipes are sockets.
    return this.streams.map(({ input }) => input as Socket);
  }
}
