import { clearLine, cursorTo } from 'node:readline';

/** A line of a terminal that is written over again and again. */
export class BottomLine {
  readonly #stream: NodeJS.WriteStream;
  #isShown = false;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  /** @param style adds what takes no room */
  draw(text: string, style = (shown: string) => shown): void {
    this.clear();
    this.#stream.write(style(text.slice(0, this.#stream.columns - 1)));
    this.#isShown = true;
  }

  /** Removes the line, so that something else can be written. */
  clear(): void {
    if (!this.#isShown) return;
    cursorTo(this.#stream, 0);
    clearLine(this.#stream, 0);
    this.#isShown = false;
  }
}
