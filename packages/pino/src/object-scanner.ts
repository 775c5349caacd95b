const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;

/** Finds the end of a JSON object in UTF-8 text that arrives in chunks. Reads each byte once. */
export class ObjectScanner {
  #depth = 0;
  #isInString = false;
  /** The last byte was a backslash, so the next byte does not end the string. */
  #isEscaped = false;
  readonly #isObject: boolean;

  /** @param isObject whether the text begins with an object. If not, no end is ever found. */
  constructor(isObject: boolean) {
    this.#isObject = isObject;
  }

  /** @returns the offset after the end of the object, or undefined if the end has not arrived yet */
  findEnd(bytes: Buffer, start: number): number | undefined {
    if (!this.#isObject) return undefined;
    let at = start;
    while (at < bytes.length) {
      if (this.#isInString) at = this.#skipString(bytes, at);
      const byte = bytes[at++];
      if (byte === QUOTE) this.#isInString = true;
      else if (byte === OPENING_BRACE) this.#depth++;
      else if (byte === CLOSING_BRACE && --this.#depth === 0) return at;
    }
    return undefined;
  }

  /** Searches for the quote with native code, because most of a record is text. @returns the offset after the string */
  #skipString(bytes: Buffer, start: number): number {
    let at = this.#isEscaped ? start + 1 : start;
    for (;;) {
      const quote = bytes.indexOf(QUOTE, at);
      const end = quote < 0 ? bytes.length : quote;
      const isEscaped = backslashesBefore(bytes, at, end) % 2 === 1;
      this.#isEscaped = isEscaped && quote < 0;
      this.#isInString = isEscaped || quote < 0;
      if (quote < 0) return bytes.length;
      at = quote + 1;
      if (!isEscaped) return at;
    }
  }
}

function backslashesBefore(bytes: Buffer, start: number, end: number): number {
  let at = end;
  while (at > start && bytes[at - 1] === BACKSLASH) at--;
  return end - at;
}
