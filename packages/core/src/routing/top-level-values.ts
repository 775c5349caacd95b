const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPENING_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSING_BRACKET = 0x5d;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;

/**
 * Reads values at the top level of a JSON object from its bytes. Parsing a record takes ten times as long, more than all other
 * work on it.
 *
 * If a name occurs twice, the first value counts: Pino writes the bindings of a logger, which the application chose, before the
 * logged fields, which a user may have chosen. JSON.parse takes the last.
 */
export class TopLevelValues {
  readonly #names: readonly string[];
  readonly #bytes: readonly Buffer[];
  /** Where the value of each name was found, -1 if nowhere. */
  readonly #starts: number[];
  readonly #ends: number[];

  /** @param names each once */
  constructor(names: readonly string[]) {
    this.#names = names;
    this.#bytes = names.map((name) => Buffer.from(name));
    this.#starts = names.map(() => -1);
    this.#ends = names.map(() => -1);
  }

  /**
   * Reads the value of each name, undefined if there is none. It reads no further than the last of them: what follows may be
   * malformed.
   * @param json in UTF-8
   * @returns undefined for text that is not a JSON object
   */
  read(json: Buffer): unknown[] | undefined {
    if (!this.#find(json)) return undefined;
    try {
      return this.#starts.map((start, i) =>
        start < 0 ? undefined : parseValue(json, start, this.#ends[i] as number),
      );
    } catch {
      return undefined;
    }
  }

  /**
   * Returns the JSON of the values as it stands there, joined to one text, without reading it: records for which it is equal have
   * the same values.
   * @param json in UTF-8
   * @returns undefined for text that is not a JSON object
   */
  jsonOf(json: Buffer): string | undefined {
    if (!this.#find(json)) return undefined;
    let joined = '';
    for (let i = 0; i < this.#starts.length; i++) {
      const start = this.#starts[i] as number; // within bounds
      if (i > 0) joined += ',';
      if (start >= 0) joined += json.toString('latin1', start, this.#ends[i]);
    }
    return joined;
  }

  /** @returns false for text that is not a JSON object */
  #find(json: Buffer): boolean {
    // Text like `{ a: 1 }`, which a program prints, may come in any number, and an exception costs more than the whole search.
    if (json[0] !== OPENING_BRACE || !endsWithBrace(json)) return false;
    this.#starts.fill(-1);
    try {
      return this.#findMembers(json);
    } catch {
      return false;
    }
  }

  /** @throws {SyntaxError} when an escaped name is malformed */
  #findMembers(json: Buffer): boolean {
    let missing = this.#names.length;
    let at = skipSpace(json, 1);
    if (json[at] === CLOSING_BRACE) return true;
    while (json[at] === QUOTE) {
      const nameEnd = endOfString(json, at);
      const colon = skipSpace(json, nameEnd);
      if (json[colon] !== COLON) return false;
      const start = skipSpace(json, colon + 1);
      const end = endOfValue(json, start);
      if (end === start) return false;
      const index = this.#indexOf(json, at, nameEnd);
      if (index >= 0 && this.#starts[index] === -1) {
        this.#starts[index] = start;
        this.#ends[index] = end;
        if (--missing === 0) return true;
      }
      at = skipSpace(json, end);
      if (json[at] === CLOSING_BRACE) return true;
      if (json[at] !== COMMA) return false;
      at = skipSpace(json, at + 1);
    }
    return false;
  }

  /** @returns the index of the name that is written from `start` to `end`, quotes included; -1 if it is none of the names */
  #indexOf(json: Buffer, start: number, end: number): number {
    for (let at = start + 1; at < end - 1; at++)
      if (json[at] === BACKSLASH) return this.#names.indexOf(parseValue(json, start, end) as string);
    for (const [index, name] of this.#bytes.entries())
      if (name.length === end - start - 2 && standsAt(json, start + 1, name)) return index;
    return -1;
  }
}

function standsAt(json: Buffer, start: number, bytes: Buffer): boolean {
  for (let i = 0; i < bytes.length; i++) if (json[start + i] !== bytes[i]) return false;
  return true;
}

function endsWithBrace(json: Buffer): boolean {
  let last = json.length - 1;
  while (isSpace(json[last])) last--;
  return json[last] === CLOSING_BRACE;
}

function parseValue(json: Buffer, start: number, end: number): unknown {
  if (json[start] !== QUOTE) return JSON.parse(json.toString('utf8', start, end));
  if (json[end - 1] !== QUOTE) throw new SyntaxError('The text ends within a string');
  const text = json.toString('utf8', start + 1, end - 1);
  return text.includes('\\') ? JSON.parse(`"${text}"`) : text;
}

/** https://www.rfc-editor.org/rfc/rfc8259#section-2 */
function isSpace(byte: number | undefined): boolean {
  return byte === SPACE || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

export function skipSpace(json: Buffer, start: number): number {
  let at = start;
  while (isSpace(json[at])) at++;
  return at;
}

/** @param start the offset of the opening quote @returns the offset after the closing quote */
export function endOfString(json: Buffer, start: number): number {
  const { length } = json;
  for (let at = start + 1; at < length; at++) {
    const byte = json[at];
    if (byte === QUOTE) return at + 1;
    if (byte === BACKSLASH) at++;
  }
  return length;
}

/** @returns the offset after a value */
function endOfValue(json: Buffer, start: number): number {
  const first = json[start];
  if (first === QUOTE) return endOfString(json, start);
  return first === OPENING_BRACE || first === OPENING_BRACKET
    ? endOfNested(json, start)
    : endOfScalar(json, start);
}

function endOfNested(json: Buffer, start: number): number {
  const { length } = json;
  let depth = 0;
  for (let at = start; at < length; at++) {
    const byte = json[at];
    if (byte === QUOTE) at = endOfString(json, at) - 1;
    else if (byte === OPENING_BRACE || byte === OPENING_BRACKET) depth++;
    else if ((byte === CLOSING_BRACE || byte === CLOSING_BRACKET) && --depth === 0) return at + 1;
  }
  return length;
}

function endOfScalar(json: Buffer, start: number): number {
  let at = start;
  while (at < json.length && json[at] !== COMMA && json[at] !== CLOSING_BRACE && !isSpace(json[at])) at++;
  return at;
}
