/**
 * One for each key, for as long as anybody holds it; of those that nobody holds, the ones that were asked for last. So
 * what is known of a target that batches wait for is known to all of them, and targets that are gone take no memory.
 */
export class WeakLruCache<T extends object> {
  readonly #spares: number;
  readonly #held = new Map<string, WeakRef<T>>();
  /** The one that was asked for last is the last. */
  readonly #recent = new Map<string, T>();
  readonly #gone = new FinalizationRegistry<string>((key) => {
    // There may be another by now.
    if (this.#held.get(key)?.deref() === undefined) this.#held.delete(key);
  });

  /** @param spares how many are kept though nobody may hold them */
  constructor(spares: number) {
    this.#spares = spares;
  }

  get size(): number {
    return this.#held.size;
  }

  get(key: string, create: () => T): T {
    const item = this.#held.get(key)?.deref() ?? this.#add(key, create());
    this.#recent.delete(key);
    this.#recent.set(key, item);
    if (this.#recent.size > this.#spares) this.#forgetOldest();
    return item;
  }

  #add(key: string, item: T): T {
    this.#held.set(key, new WeakRef(item));
    this.#gone.register(item, key);
    return item;
  }

  #forgetOldest(): void {
    for (const key of this.#recent.keys()) {
      this.#recent.delete(key);
      return;
    }
  }
}
