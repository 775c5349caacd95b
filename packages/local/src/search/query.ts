import { QueryError } from './query-error.js';

/** How a term compares a field. `:` means contains for text, and equals for all else. */
export type Operator = ':' | '=' | '!=' | '>' | '>=' | '<' | '<=';

/** A condition on an event. `isNegated`: the event must not match. */
export type Term =
  | { readonly kind: 'text'; readonly text: string; readonly isNegated: boolean }
  | {
      readonly kind: 'field';
      readonly name: string;
      readonly operator: Operator;
      readonly value: string;
      readonly isNegated: boolean;
    };

/** An event matches if it matches all terms. */
export type Query = readonly Term[];

const SPACE = /\s+/y;
/** A name before `://` is the scheme of a URL, and so begins a text. */
const FIELD = /([\p{L}_@$][\p{L}\p{N}_@$./-]*?)(>=|<=|!=|:(?!\/\/)|=|>|<)/uy;
const QUOTED = /"((?:[^"\\]|\\.)*)"/sy;
const BARE = /[^\s]+/y;

/**
 * Parses a search such as `level:error checkout path:/orders status>=500 -health`. The empty search matches all events.
 * This folder imports nothing of Node, so that a page can use it too.
 * @throws {QueryError} if the search is incomplete
 */
export function parseQuery(text: string): Query {
  const terms: Term[] = [];
  const reader = new Reader(text);
  reader.match(SPACE);
  while (!reader.isAtEnd) {
    terms.push(readTerm(reader));
    reader.match(SPACE);
  }
  return terms;
}

function readTerm(reader: Reader): Term {
  const isNegated = reader.takeMinus();
  const [, name, operator] = reader.match(FIELD) ?? [];
  if (name === undefined) return { kind: 'text', text: readValue(reader) ?? '-', isNegated };
  // As in a message that was pasted, such as `Error: connection refused`.
  if (operator === ':' && reader.isBeforeSpace) return { kind: 'text', text: `${name}:`, isNegated };
  const value = readValue(reader);
  if (value === undefined && operator !== ':')
    throw new QueryError(`A value is missing after ${name}${operator}.`);
  // The expression matches operators alone.
  return { kind: 'field', name, operator: operator as Operator, value: value ?? '*', isNegated };
}

/** A quoted or bare value; undefined if none follows. */
function readValue(reader: Reader): string | undefined {
  const [, quoted] = reader.match(QUOTED) ?? [];
  if (quoted !== undefined) return quoted.replace(/\\(.)/gs, '$1');
  const [bare] = reader.match(BARE) ?? [];
  if (bare?.startsWith('"')) throw new QueryError('A quotation mark has no counterpart.');
  return bare;
}

/** Reads a text from left to right. */
class Reader {
  readonly #text: string;
  #position = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get isAtEnd(): boolean {
    return this.#position === this.#text.length;
  }

  get isBeforeSpace(): boolean {
    return /\s/.test(this.#text.charAt(this.#position));
  }

  /** Takes a minus that begins a term. One that stands alone is a text. */
  takeMinus(): boolean {
    if (!/^-\S/.test(this.#text.slice(this.#position, this.#position + 2))) return false;
    this.#position++;
    return true;
  }

  /** Takes what matches next. @param regex must be sticky (`y`) */
  match(regex: RegExp): RegExpExecArray | undefined {
    regex.lastIndex = this.#position;
    const found = regex.exec(this.#text) ?? undefined;
    this.#position += found?.[0].length ?? 0;
    return found;
  }
}

/** A name that a search can have. */
const NAME = /^[\p{L}_@$][\p{L}\p{N}_@$./-]*$/u;
const PLAIN = /^[\w./:@-]+$/;

/** The term for a field that equals a value; undefined if no term can name the field. */
export const fieldTerm = (name: string, value: string): string | undefined =>
  NAME.test(name) ? `${name}=${PLAIN.test(value) ? value : quote(value)}` : undefined;

/** A value in quotation marks, as `readValue` reads it. */
const quote = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`;
