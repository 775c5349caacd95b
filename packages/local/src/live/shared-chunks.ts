/** Readers who began together are not far from each other. */
const MAX_BYTES = 8 * 1024 * 1024;

/** Messages that several readers get are written as JSON once: many may begin at the same time. */
export class SharedChunks {
  readonly #chunks = new Map<string, Buffer>();
  #bytes = 0;

  /** The chunk with this key, which tells it from all others. */
  get(key: string, make: () => string): Buffer {
    const known = this.#chunks.get(key);
    if (known) return known;
    const made = Buffer.from(make());
    this.#chunks.set(key, made);
    this.#bytes += made.length;
    for (const [oldest, { length }] of this.#chunks) {
      if (this.#bytes <= MAX_BYTES) break;
      this.#chunks.delete(oldest);
      this.#bytes -= length;
    }
    return made;
  }
}
