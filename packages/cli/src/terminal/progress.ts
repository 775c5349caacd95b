import { BottomLine } from './bottom-line.js';
import { safe } from './output.js';

/** Nothing is shown of what takes less time. */
const PATIENCE_MS = 1000;
const REDRAW_MS = 100;

/** A line on stderr that says what a command is doing, where stderr is a terminal. */
export class Progress {
  readonly #stream: NodeJS.WriteStream;
  readonly #startedAt = performance.now();
  readonly #line: BottomLine;
  readonly #timer: NodeJS.Timeout;
  #task = '';
  #detail = '';

  constructor(stream: NodeJS.WriteStream = process.stderr) {
    this.#stream = stream;
    this.#line = new BottomLine(stream);
    this.#timer = setInterval(() => this.#draw(), REDRAW_MS).unref();
  }

  /** @param task what begins now, such as `Network` */
  begin(task: string): void {
    this.#task = task;
    this.#detail = '';
  }

  detail(text: string): void {
    this.#detail = text;
  }

  /** Removes the line. */
  end(): void {
    clearInterval(this.#timer);
    this.clear();
  }

  #draw(): void {
    if (!this.#stream.isTTY || performance.now() - this.#startedAt < PATIENCE_MS) return;
    const text = safe([this.#task, this.#detail].filter((part) => part !== '').join(': '));
    this.#line.draw(`${text} …`);
  }

  /** Removes the line until it is drawn again, so that something else can be written. */
  clear(): void {
    this.#line.clear();
  }
}
