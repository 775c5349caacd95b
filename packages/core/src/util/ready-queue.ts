/** The index of an item that is not in the heap. */
const PARKED = -1;

/**
 * A priority queue of keys that wait. `next` returns the key with the lowest order that may go. Keys that may not go
 * are parked and not checked again until they are recalled, so thousands of them cost nothing. (A binary heap that can
 * find each key.)
 */
export class ReadyQueue<K> {
  readonly #heap: Item<K>[] = [];
  readonly #items = new Map<K, Item<K>>();

  /** Adds a key, or changes its order. */
  set(key: K, order: number): void {
    const item = this.#items.get(key);
    if (item === undefined) {
      const added = { key, order, index: PARKED };
      this.#items.set(key, added);
      this.#push(added);
    } else {
      item.order = order;
      if (item.index !== PARKED) this.#restore(item);
    }
  }

  /** Removes a key, parked or not. */
  delete(key: K): void {
    const item = this.#items.get(key);
    if (item === undefined) return;
    this.#items.delete(key);
    if (item.index !== PARKED) this.#remove(item);
  }

  /** Unparks a key: it may be able to go now. */
  recall(key: K): void {
    const item = this.#items.get(key);
    if (item !== undefined && item.index === PARKED) this.#push(item);
  }

  /**
   * The first key that may go. It stays in the queue.
   * @param mayGo is called once for each key before it, which is then parked
   */
  next(mayGo: (key: K) => boolean): K | undefined {
    for (let first = this.#heap[0]; first !== undefined; first = this.#heap[0]) {
      if (mayGo(first.key)) return first.key;
      this.#remove(first);
    }
    return undefined;
  }

  #push(item: Item<K>): void {
    this.#put(item, this.#heap.length);
    this.#restore(item);
  }

  #remove(item: Item<K>): void {
    const last = this.#heap.pop();
    if (last !== undefined && last !== item) {
      this.#put(last, item.index);
      this.#restore(last);
    }
    item.index = PARKED;
  }

  #put(item: Item<K>, index: number): void {
    this.#heap[index] = item;
    item.index = index;
  }

  /** Restores the heap around an element. */
  #restore(item: Item<K>): void {
    let index = item.index;
    for (
      let parent = this.#parentAfter(item, index);
      parent !== undefined;
      parent = this.#parentAfter(item, index)
    ) {
      const up = parent.index;
      this.#put(parent, index);
      index = up;
    }
    for (
      let child = this.#childBefore(item, index);
      child !== undefined;
      child = this.#childBefore(item, index)
    ) {
      const down = child.index;
      this.#put(child, index);
      index = down;
    }
    this.#put(item, index);
  }

  /** The parent, if it has a higher order. */
  #parentAfter(item: Item<K>, index: number): Item<K> | undefined {
    const parent = this.#heap[(index - 1) >> 1];
    return index > 0 && parent !== undefined && parent.order > item.order ? parent : undefined;
  }

  /** The smaller child, if it has a lower order. */
  #childBefore(item: Item<K>, index: number): Item<K> | undefined {
    const left = this.#heap[2 * index + 1];
    const right = this.#heap[2 * index + 2];
    const first = right !== undefined && left !== undefined && right.order < left.order ? right : left;
    return first !== undefined && first.order < item.order ? first : undefined;
  }
}

interface Item<K> {
  readonly key: K;
  order: number;
  /** The position in the heap, or PARKED. */
  index: number;
}
