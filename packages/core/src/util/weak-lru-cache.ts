/**
 * Holds one item per key for as long as it is referenced from elsewhere, plus the most recently used items. All batches
 * of a destination thereby share one object, and destinations that are no longer used take no memory.
 */
export class WeakLruCache<T extends object> {
  readonly #maxRecent: number;
  readonly #items = new Map<string, WeakRef<T>>();
  /** Strong references, least recently used first. */
  readonly #recent = new Map<string, T>();
  readonly #collected = new FinalizationRegistry<string>((key) => {
    // The key may have a new item by now.
    if (this.#items.get(key)?.deref() === undefined) this.#items.delete(key);
  });

  /** @param maxRecent how many items are kept even if nothing else references them */
  constructor(maxRecent: number) {
    this.#maxRecent = maxRecent;
  }

  /** How many items exist. */
  get size(): number {
    return this.#items.size;
  }

  get(key: string, create: () => T): T {
    const item = this.#items.get(key)?.deref() ?? this.#add(key, create());
    this.#recent.delete(key);
    this.#recent.set(key, item);
    if (this.#recent.size > this.#maxRecent) this.#evictOldest();
    return item;
  }

  #add(key: string, item: T): T {
    this.#items.set(key, new WeakRef(item));
    this.#collected.register(item, key);
    return item;
  }

  #evictOldest(): void {
    for (const key of this.#recent.keys()) {
      this.#recent.delete(key);
      return;
    }
  }
}
