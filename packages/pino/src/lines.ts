const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Cuts text that comes in pieces, as bytes, into lines. */
export class Lines {
  readonly #take: (line: Buffer) => void;
  /** The beginning of a line whose end has not come yet. */
  #begun: Buffer[] = [];

  /** @param take gets each line, without its end: a view, good until it returns */
  constructor(take: (line: Buffer) => void) {
    this.#take = take;
  }

  push(piece: Buffer): void {
    let start = 0;
    for (let end = piece.indexOf(NEWLINE); end >= 0; end = piece.indexOf(NEWLINE, start)) {
      const line = piece.subarray(start, end);
      this.#cut(line);
      start = end + 1;
    }
    // A copy: a view would keep the whole piece in memory, which whoever wrote it may use anew.
    if (start < piece.length) this.#begun.push(Buffer.from(piece.subarray(start)));
  }

  /** No more will come. */
  end(): void {
    if (this.#begun.length > 0) this.#cut(Buffer.alloc(0));
  }

  #cut(last: Buffer): void {
    let line = last;
    if (this.#begun.length > 0) {
      line = Buffer.concat([...this.#begun, last]);
      this.#begun = [];
    }
    this.#take(line.at(-1) === CARRIAGE_RETURN ? line.subarray(0, -1) : line);
  }
}
