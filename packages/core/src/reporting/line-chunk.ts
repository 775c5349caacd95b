/** A write to a pipe of up to this size is not mixed with those of others: PIPE_BUF in pipe(7). */
const CAPACITY_BYTES = 4096;

/** Lines that are written together. A line that is longer than the usual chunk has one of its own. */
export class LineChunk {
  readonly owner: object;
  /** Called when the chunk is written or given up. */
  readonly ends: ((error: unknown) => void)[] = [];
  readonly #memory: Buffer;
  #start = 0;
  #end: number;
  #isEnded = false;

  constructor(owner: object, line: string) {
    this.owner = owner;
    this.#memory = Buffer.allocUnsafeSlow(Math.max(Buffer.byteLength(line), CAPACITY_BYTES));
    this.#end = this.#memory.write(line);
  }

  /** What is not written yet. */
  get bytes(): Buffer {
    return this.#memory.subarray(this.#start, this.#end);
  }

  get memoryBytes(): number {
    return this.#memory.length;
  }

  /** Whether a part is written. */
  get isCut(): boolean {
    return this.#start > 0;
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Adds a line if there is room. @returns whether there is */
  append(line: string): boolean {
    if (this.#end + Buffer.byteLength(line) > this.#memory.length) return false;
    this.#end += this.#memory.write(line, this.#end);
    return true;
  }

  /** The first of these bytes are written. @returns whether all are */
  advance(bytes: number): boolean {
    this.#start += bytes;
    return this.#start === this.#end;
  }

  /** It is written or given up. */
  end(error: unknown): void {
    this.#isEnded = true;
    for (const done of this.ends) done(error);
  }
}
