const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;

/** Finds where a JSON object ends, in text in UTF-8 that comes in pieces. Each byte is looked at once. */
export class ObjectScanner {
  #depth = 0;
  #isInString = false;
  #isEscaped = false;
  readonly #isObject: boolean;

  /** @param isObject whether the text begins with an object. In other text none ends. */
  constructor(isObject: boolean) {
    this.#isObject = isObject;
  }

  /** @returns the offset behind the end of the object, or undefined when that is still to come */
  findEnd(bytes: Buffer, start: number): number | undefined {
    if (!this.#isObject) return undefined;
    let depth = this.#depth;
    let isInString = this.#isInString;
    let isEscaped = this.#isEscaped;
    for (let at = start; at < bytes.length; at++) {
      const byte = bytes[at];
      if (isEscaped) isEscaped = false;
      else if (isInString) {
        if (byte === QUOTE) isInString = false;
        else if (byte === BACKSLASH) isEscaped = true;
      } else if (byte === QUOTE) isInString = true;
      else if (byte === OPENING_BRACE) depth++;
      else if (byte === CLOSING_BRACE && --depth === 0) return at + 1;
    }
    this.#depth = depth;
    this.#isInString = isInString;
    this.#isEscaped = isEscaped;
    return undefined;
  }
}
