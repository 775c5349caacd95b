import { LinearRegex } from '../regex/linear-regex.js';
import { MalformedQuery } from './malformed-query.js';

export interface Token {
  readonly kind: 'word' | 'field' | 'text' | 'number' | 'period' | 'symbol' | 'end';
  /** As written; for a field in backticks and a text in quotes, their content. */
  readonly text: string;
  readonly start: number;
}

/** In this order. A word may hold `@` and `.`, since the names of fields do. */
const TOKENS = [
  ['period', /\d+(?:ms|[smhdw])(?!\w)/y],
  ['number', /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w@])/y],
  ['word', /[@\p{L}_][\w@.\p{L}]*/uy],
  ['field', /`[^`]*`/y],
  ['text', /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/sy],
  ['symbol', /=~|!=|<=|>=|[-+*/%^()[\],|=<>]/y],
] as const;

/** Reads a query token by token. `/` begins a regular expression only where the caller asks for one. */
export class Lexer {
  readonly #query: string;
  #position = 0;
  #end = 0;

  constructor(query: string) {
    this.#query = query;
  }

  /** The end of the token that was taken last. */
  get end(): number {
    return this.#end;
  }

  slice(start: number): string {
    return this.#query.slice(start, this.#end);
  }

  peek(): Token {
    this.#skipSpace();
    const start = this.#position;
    if (start === this.#query.length) return { kind: 'end', text: '', start };
    for (const [kind, regex] of TOKENS) {
      const found = this.#match(regex);
      if (found !== undefined) return { kind, text: contentOf(kind, found), start };
    }
    throw this.unexpected({ kind: 'symbol', text: this.#query.charAt(start), start });
  }

  next(): Token {
    const token = this.peek();
    const isQuoted = token.kind === 'field' || token.kind === 'text';
    const length = isQuoted ? this.#quotedLength(token.start) : token.text.length;
    this.#position += length;
    this.#end = this.#position;
    return token;
  }

  /** Takes the next token if it is this symbol, or this word in upper or lower case. */
  take(text: string): boolean {
    const token = this.peek();
    const isIt = token.kind === 'word' ? token.text.toLowerCase() === text : token.text === text;
    if (!isIt || (token.kind !== 'word' && token.kind !== 'symbol')) return false;
    this.next();
    return true;
  }

  expect(text: string): void {
    if (!this.take(text)) throw this.unexpected(this.peek());
  }

  /** Takes `/…/`, if it comes next. `(?i)` at its start ignores case. */
  regex(): LinearRegex | undefined {
    this.#skipSpace();
    const start = this.#position;
    const found = this.#match(/\/(?:[^/\\\n]|\\.)+\//y);
    if (found === undefined) return undefined;
    this.#position += found.length;
    this.#end = this.#position;
    const [, flag, source = ''] = /^\/(\(\?i\))?(.*)\/$/s.exec(found) ?? [];
    try {
      return new LinearRegex(source, flag !== undefined);
    } catch {
      throw this.unexpected({ kind: 'symbol', text: found, start });
    }
  }

  /** The service's message: "unexpected symbol found bad at line 1 and position 843". */
  unexpected({ text, start, kind }: Token): MalformedQuery {
    const lines = this.#query.slice(0, start).split('\n');
    const where = `at line ${lines.length} and position ${lines.at(-1)?.length ?? 0}`;
    return new MalformedQuery(`unexpected symbol found ${kind === 'end' ? '<EOF>' : text} ${where}`);
  }

  #match(regex: RegExp): string | undefined {
    regex.lastIndex = this.#position;
    return regex.exec(this.#query)?.[0];
  }

  #quotedLength(start: number): number {
    return this.#match(this.#query.charAt(start) === '`' ? TOKENS[3][1] : TOKENS[4][1])?.length ?? 0;
  }

  /** A line that begins with `#` is a comment. */
  #skipSpace(): void {
    for (;;) {
      while (/\s/.test(this.#query.charAt(this.#position))) this.#position++;
      const line = this.#query.slice(this.#query.lastIndexOf('\n', this.#position - 1) + 1, this.#position);
      if (this.#query.charAt(this.#position) !== '#' || line.trim() !== '') return;
      const end = this.#query.indexOf('\n', this.#position);
      this.#position = end < 0 ? this.#query.length : end;
    }
  }
}

function contentOf(kind: Token['kind'], found: string): string {
  if (kind === 'field') return found.slice(1, -1);
  return kind === 'text' ? found.slice(1, -1).replace(/\\(["'\\])/g, '$1') : found;
}
