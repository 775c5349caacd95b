import { BottomLine } from './bottom-line.js';
import { stderr } from './output.js';

const REDRAW_MS = 200;

const NEWLINE = 0x0a;

/** A line at the bottom of a terminal, below what is written there. Where stderr is no terminal, there is none. */
export class StatusLine {
  readonly #stream = process.stderr;
  readonly #line = new BottomLine(this.#stream);
  readonly #text: () => string;
  readonly #timer: NodeJS.Timeout | undefined;
  /** Whether the cursor stands at the start of a line. */
  #isAtStart = true;

  /** @param text is called for each drawing */
  constructor(text: () => string) {
    this.#text = text;
    if (this.#stream.isTTY) this.#timer = setInterval(() => this.#draw(), REDRAW_MS).unref();
  }

  /** Writes what may be on the same terminal. @returns false if the stream wants a pause */
  write(stream: NodeJS.WriteStream, chunk: Buffer): boolean {
    this.#line.clear();
    this.#isAtStart = chunk[chunk.length - 1] === NEWLINE;
    return stream.write(chunk);
  }

  note(text: string): void {
    this.#line.clear();
    this.#stream.write(`${this.#isAtStart ? '' : '\n'}${text}\n`);
    this.#isAtStart = true;
  }

  end(): void {
    clearInterval(this.#timer);
    this.#line.clear();
  }

  #draw(): void {
    if (!this.#isAtStart) return;
    this.#line.draw(this.#text(), (shown) => stderr.style('dim', shown));
  }
}
