import { styleText } from 'node:util';
import { escapeUnprintable } from '@putlogs/core/main-thread';

type Format = Parameters<typeof styleText>[0];

/** Writes lines to a stream. Text from outside must have passed through `safe`. */
export class Output {
  readonly #stream: NodeJS.WriteStream;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  get isTerminal(): boolean {
    return this.#stream.isTTY === true;
  }

  line(text = ''): void {
    this.#stream.write(`${text}\n`);
  }

  /** Styles text where the stream is a terminal and NO_COLOR is not set. */
  style(format: Format, text: string): string {
    // For Node, FORCE_COLOR comes before it.
    if (process.env.NO_COLOR) return text;
    return styleText(format, text, { stream: this.#stream });
  }

  /** Resolves when everything is written, or cannot be. */
  flushed(): Promise<void> {
    return new Promise((resolve) => {
      this.#stream.write('', () => resolve());
    });
  }

  json(value: unknown): void {
    this.line(safe(JSON.stringify(value, undefined, 2)));
  }
}

export const stdout = new Output(process.stdout);
export const stderr = new Output(process.stderr);

/** Escapes what would control a terminal or hide text, but keeps the lines. */
export function safe(text: string): string {
  return text.split('\n').map(escapeUnprintable).join('\n');
}
