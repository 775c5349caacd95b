import type { End, LogStream, Source } from './source.js';

/** After SIGTERM, what is in the pipe is read until nothing has come for a moment. */
const QUIET_MS = 250;
const MAX_DRAIN_MS = 2000;

/** Log text of another program: `node app.js | putlogs pipe`. */
export class StdinSource implements Source {
  readonly streams: readonly LogStream[];
  readonly ended: Promise<End>;
  readonly signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  readonly #input: typeof process.stdin;
  #end: (end: End) => void = () => undefined;
  #interrupts = 0;

  constructor(input = process.stdin) {
    this.#input = input;
    this.streams = [{ input, copyTo: process.stdout }];
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
    input.once('end', () => this.#end({ kind: 'input' }));
    // Whoever reads says why.
    input.once('error', () => this.#end({ kind: 'input' }));
  }

  /**
   * Ctrl+C interrupts the writer too, which may have more to say: stdin ends with it. Whoever presses it again, or sends
   * another signal, wants the end of this program.
   */
  signalled(signal: NodeJS.Signals): undefined {
    if (signal === 'SIGINT' && this.#interrupts++ === 0) return;
    void this.#drain().then(() => {
      this.#end({ kind: 'signal', signal });
      this.#input.destroy();
    });
  }

  async #drain(): Promise<void> {
    const deadline = performance.now() + MAX_DRAIN_MS;
    let bytesRead: number;
    do {
      ({ bytesRead } = this.#input);
      await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
      const isQuiet = this.#input.bytesRead === bytesRead && this.#input.readableLength === 0;
      if (isQuiet) return;
    } while (performance.now() < deadline);
  }
}
