import { once } from 'node:events';
import { constants } from 'node:os';
import type { Config, EnvironmentVariables } from '@putlogs/core';
import { errorMessage, redact } from '@putlogs/core/main-thread';
import { Shipment } from '../delivery/shipment.js';
import { inWords, type Tally } from '../delivery/tally.js';
import { count } from '../terminal/amounts.js';
import { stderr } from '../terminal/output.js';
import { StatusLine } from '../terminal/status-line.js';
import { InputBrake } from './input-brake.js';
import { RecordAssembler } from './record-assembler.js';
import type { End, LogStream, Source } from './source.js';

export interface PipeOptions {
  readonly config: Config;
  readonly env: EnvironmentVariables;
  readonly firstLine: RegExp | undefined;
  /** Whether what is read is written to stdout and stderr too. */
  readonly tee: boolean;
  /** Whether the counts are printed as JSON at the end. */
  readonly json: boolean;
}

const RATE_MS = 1000;

/** Sends the log text of a source, and ends as the source ends, once everything is delivered. */
export class Pipe {
  readonly #source: Source;
  readonly #options: PipeOptions;
  readonly #shipment: Shipment;
  readonly #status: StatusLine;
  readonly #brake: InputBrake;
  #end: End | undefined;
  #hasFailed = false;
  #interruptsAtEnd = 0;
  #rate = { accepted: 0, at: performance.now(), perSecond: 0 };

  constructor(source: Source, options: PipeOptions) {
    const { config, env } = options;
    this.#source = source;
    this.#options = options;
    // The shipment may report problems at once.
    this.#status = new StatusLine(() => this.#statusText());
    this.#shipment = new Shipment({ config, env, onProblem: (text) => this.#note(text) });
    this.#brake = new InputBrake(config.maxBufferBytes, this.#shipment);
  }

  /** @returns the exit code; does not return if this program ends by a signal */
  async run(): Promise<number> {
    const ignore = this.#listenForSignals();
    const readings = this.#source.streams.map((stream) => this.#read(stream));
    const ended = this.#source.ended.then((end) => {
      this.#end = end;
      return end;
    });
    const [end] = await Promise.all([ended, ...readings]).finally(() => this.#shipment.close());
    this.#status.end();
    this.#printSummary(this.#shipment.tally);
    ignore();
    return this.#exitCode(end);
  }

  /** The end of the process waits for delivery, so no signal ends it at once. @returns stops that */
  #listenForSignals(): () => void {
    const listen = (signal: NodeJS.Signals) => this.#signalled(signal);
    for (const signal of this.#source.signals) process.on(signal, listen);
    return () => {
      for (const signal of this.#source.signals) process.off(signal, listen);
    };
  }

  #signalled(signal: NodeJS.Signals): void {
    if (this.#end === undefined) {
      const problem = this.#source.signalled(signal);
      if (problem !== undefined) this.#note(problem);
      return;
    }
    if (signal !== 'SIGINT' && signal !== 'SIGTERM') return;
    if (this.#interruptsAtEnd++ === 0) this.#note('delivering; once more to give up');
    else this.#shipment.giveUp();
  }

  async #read({ input, copyTo }: LogStream): Promise<void> {
    const { tee } = this.#options;
    const records = new RecordAssembler(this.#shipment.pipeline, this.#options);
    let isCopied = tee;
    // The reader of the copy has ended, as in `… | head`. Events are sent all the same.
    copyTo.on('error', () => {
      isCopied = false;
    });
    try {
      for await (const chunk of input as AsyncIterable<Buffer>) {
        records.push(chunk);
        if (isCopied && !this.#status.write(copyTo, chunk)) await records.whilePaused(drained(copyTo));
        if (this.#brake.read(chunk.length)) await records.whilePaused(this.#brake.released());
      }
    } catch (error) {
      // It was closed at the end of the source.
      if (!isPrematureClose(error)) this.#failed(error);
    }
    records.end();
  }

  /** What was read before is delivered, and the other stream is read on. */
  #failed(error: unknown): void {
    this.#hasFailed = true;
    this.#note(`reading failed: ${redact(errorMessage(error))}`);
  }

  #note(text: string): void {
    this.#status.note(`putlogs: ${text}`);
  }

  #statusText(): string {
    const tally = this.#shipment.tally;
    this.#updateRate(tally);
    const { accepted, delivered, pending, lost } = tally;
    const parts = [
      `accepted ${count(accepted)}`,
      `delivered ${count(delivered)}`,
      `pending ${count(pending)}`,
      ...(lost > 0 ? [`lost ${count(lost)}`] : []),
      `${count(this.#rate.perSecond)}/s`,
    ];
    return parts.join('   ');
  }

  #updateRate({ accepted }: Tally): void {
    const elapsed = performance.now() - this.#rate.at;
    if (elapsed < RATE_MS) return;
    const perSecond = Math.round(((accepted - this.#rate.accepted) * 1000) / elapsed);
    this.#rate = { accepted, at: performance.now(), perSecond };
  }

  #printSummary(tally: Tally): void {
    if (this.#options.json) stderr.line(JSON.stringify(this.#shipment.counts));
    else if (tally.lost > 0 || tally.spooled > 0 || stderr.isTerminal)
      stderr.line(`putlogs: ${inWords(tally)}`);
  }

  #exitCode(end: End): number {
    if (end.kind === 'input') return this.#hasFailed || this.#shipment.tally.lost > 0 ? 1 : 0;
    if (end.kind === 'code') return this.#hasFailed ? Math.max(end.code, 1) : end.code;
    raise(end.signal);
    return 128 + constants.signals[end.signal];
  }
}

/** Signals after which a shell should see that this program was ended by them too, to end its script. */
const RAISED: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

function raise(signal: NodeJS.Signals): void {
  if (RAISED.includes(signal)) process.kill(process.pid, signal);
}

async function drained(stream: NodeJS.WriteStream): Promise<void> {
  const over = new AbortController();
  const events = ['drain', 'close'].map((event) => once(stream, event, { signal: over.signal }));
  await Promise.race(events).catch(() => undefined);
  over.abort();
}

function isPrematureClose(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE';
}
