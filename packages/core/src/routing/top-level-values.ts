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
 * Reads values at the top level of a JSON object from its bytes. To parse a record takes ten times as long, more than all other
 * work on it.
 *
 * If a name occurs twice, the first value counts: Pino writes the bindings of a logger, which the application chose, before the
 * logged fields, which a user may have chosen. JSON.parse takes the last.
 */
export class TopLevelValues {
  readonly #names: readonly string[];
  readonly #bytes: readonly Buffer[];

  /** @param names each once */
  constructor(names: readonly string[]) {
    this.#names = names;
    this.#bytes = names.map((name) => Buffer.from(name));
  }

  /**
   * Reads the value of each name, undefined if there is none. It reads no further than to the last of them: what follows may be
   * malformed.
   * @param json in UTF-8
   * @returns undefined for text that is not a JSON object
   */
  read(json: Buffer): unknown[] | undefined {
    // Text like `{ a: 1 }`, which a program prints, may come in any number, and an exception costs more than the whole search.
    if (json[0] !== OPENING_BRACE || !endsWithBrace(json)) return undefined;
    try {
      return this.#read(json);
    } catch {
      return undefined;
    }
  }

  /** @throws {SyntaxError} when a value or an escaped name is malformed */
  #read(json: Buffer): unknown[] | undefined {
    const values: unknown[] = this.#names.map(() => undefined);
    let missing = values.length;
    let at = skipSpace(json, 1);
    if (json[at] === CLOSING_BRACE) return values;
    while (json[at] === QUOTE) {
      const nameEnd = endOfString(json, at);
      const colon = skipSpace(json, nameEnd);
      if (json[colon] !== COLON) return undefined;
      const start = skipSpace(json, colon + 1);
      const end = endOfValue(json, start);
      if (end === start) return undefined;
      const index = this.#indexOf(json, at, nameEnd);
      if (index >= 0 && values[index] === undefined) {
        values[index] = parseValue(json, start, end);
        if (--missing === 0) return values;
      }
      at = skipSpace(json, end);
      if (json[at] === CLOSING_BRACE) return values;
      if (json[at] !== COMMA) return undefined;
      at = skipSpace(json, at + 1);
    }
    return undefined;
  }

  /** @returns the index of the name that is written from `start` to `end`, quotes included; -1 if it is none of the names */
  #indexOf(json: Buffer, start: number, end: number): number {
    for (let at = start + 1; at < end - 1; at++)
      if (json[at] === BACKSLASH) return this.#names.indexOf(parseValue(json, start, end) as string);
    return this.#bytes.findIndex(
      (name) => name.length === end - start - 2 && standsAt(json, start + 1, name),
    );
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

function skipSpace(json: Buffer, start: number): number {
  let at = start;
  while (isSpace(json[at])) at++;
  return at;
}

/** @param start the offset of the opening quote @returns the offset after the closing quote */
function endOfString(json: Buffer, start: number): number {
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
