import { shellQuote } from '../terminal/shell-quote.js';
import { CHECKS, type Check, type Level } from './checks.js';
import { CODES, type Code } from './codes.js';

/** What to do about a finding, ready to be pasted where that is possible. */
export type Fix =
  | { readonly kind: 'command'; readonly text: string }
  | { readonly kind: 'policy'; readonly document: object }
  | { readonly kind: 'advice'; readonly text: string };

export interface Finding {
  readonly code: Code;
  readonly check: Check;
  readonly level: Level;
  /** One sentence. */
  readonly message: string;
  readonly details: readonly string[];
  readonly fix?: Fix;
}

interface More {
  readonly details?: readonly string[];
  readonly fix?: Fix;
}

/** What the checks found, and which of them could not be made. */
export class Findings {
  #all: Finding[] = [];
  readonly #leftOut = new Set<Check>();

  add(code: Code, message: string, { details = [], fix }: More = {}): void {
    const { check, level } = CODES[code];
    this.#all.push({ code, check, level, message, details, ...(fix && { fix }) });
  }

  /** What was found later says otherwise. */
  withdraw(code: Code): void {
    this.#all = this.#all.filter((finding) => finding.code !== code);
  }

  /** In the order in which they were found. */
  get all(): readonly Finding[] {
    return this.#all;
  }

  of(level: Level): readonly Finding[] {
    return this.#all.filter((finding) => finding.level === level);
  }

  /** The check was not asked for. */
  leaveOut(check: Check): void {
    this.#leftOut.add(check);
  }

  /** The checks that could not be made. */
  get unchecked(): readonly Check[] {
    const made = new Set(this.#all.map(({ check }) => check));
    return CHECKS.filter((check) => !made.has(check) && !this.#leftOut.has(check));
  }
}

/** A command, with its values quoted for the shell: command`less ${path}`. Of a list, each text is a word. */
export function command(
  texts: TemplateStringsArray,
  ...values: readonly (string | number | readonly string[])[]
): Fix {
  const words = values.map((value) =>
    [value]
      .flat()
      .map((word) => shellQuote(String(word)))
      .join(' '),
  );
  return { kind: 'command', text: String.raw({ raw: texts }, ...words) };
}

export function advice(text: string): Fix {
  return { kind: 'advice', text };
}
