import { FilterPatternError } from './filter-pattern-error.js';

/** Reads a pattern from left to right. All methods skip white space first. */
export class Scanner {
  readonly #text: string;
  #position = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Whether only white space is left. */
  get isAtEnd(): boolean {
    this.#skipSpace();
    return this.#position === this.#text.length;
  }

  /** Takes the text if it comes next. */
  take(text: string): boolean {
    this.#skipSpace();
    if (!this.#text.startsWith(text, this.#position)) return false;
    this.#position += text.length;
    return true;
  }

  /** Takes what matches next. @param regex must be sticky (`y`) */
  match(regex: RegExp): string | undefined {
    this.#skipSpace();
    regex.lastIndex = this.#position;
    const [found] = regex.exec(this.#text) ?? [];
    this.#position += found?.length ?? 0;
    return found;
  }

  expect(text: string): void {
    if (!this.take(text)) throw this.error(`'${text}' is expected`);
  }

  error(problem: string): FilterPatternError {
    return new FilterPatternError(`Position ${this.#position + 1}: ${problem}.`);
  }

  #skipSpace(): void {
    while (/\s/.test(this.#text.charAt(this.#position))) this.#position++;
  }
}
