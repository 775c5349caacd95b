/**
 * Whose turn it is: of all that wait, the one with the lowest place. Those that may not go are set aside and not asked again
 * before they are recalled, so that thousands of them cost nothing. (A binary heap that knows where each key is.)
 */
export class ReadyQueue<K> {
  readonly #heap: Turn<K>[] = [];
  readonly #ready = new Map<K, Turn<K>>();

  /** It waits, from now on at this place. */
  set(key: K, place: number): void {
    const turn = this.#ready.get(key);
    if (turn === undefined) {
      const added = { key, place, index: -1 };
      this.#ready.set(key, added);
      this.#push(added);
    } else {
      turn.place = place;
      if (turn.index >= 0) this.#settle(turn);
    }
  }

  /** It waits no more. */
  delete(key: K): void {
    const turn = this.#ready.get(key);
    if (turn === undefined) return;
    this.#ready.delete(key);
    if (turn.index >= 0) this.#remove(turn);
  }

  /** It may go, perhaps. */
  recall(key: K): void {
    const turn = this.#ready.get(key);
    if (turn !== undefined && turn.index < 0) this.#push(turn);
  }

  /** The first that may go. It goes on waiting. @param mayGo is asked once for each that is before it */
  next(mayGo: (key: K) => boolean): K | undefined {
    for (let first = this.#heap[0]; first !== undefined; first = this.#heap[0]) {
      if (mayGo(first.key)) return first.key;
      this.#remove(first);
    }
    return undefined;
  }

  #push(turn: Turn<K>): void {
    this.#put(turn, this.#heap.length);
    this.#settle(turn);
  }

  #remove(turn: Turn<K>): void {
    const last = this.#heap.pop();
    if (last !== undefined && last !== turn) {
      this.#put(last, turn.index);
      this.#settle(last);
    }
    turn.index = -1;
  }

  #put(turn: Turn<K>, index: number): void {
    this.#heap[index] = turn;
    turn.index = index;
  }

  /** Moves it up or down to where it belongs. */
  #settle(turn: Turn<K>): void {
    let index = turn.index;
    for (let parent = this.#before(turn, index); parent !== undefined; parent = this.#before(turn, index)) {
      const up = parent.index;
      this.#put(parent, index);
      index = up;
    }
    for (let child = this.#after(turn, index); child !== undefined; child = this.#after(turn, index)) {
      const down = child.index;
      this.#put(child, index);
      index = down;
    }
    this.#put(turn, index);
  }

  /** The parent of a place, if it has to come after this turn. */
  #before(turn: Turn<K>, index: number): Turn<K> | undefined {
    const parent = this.#heap[(index - 1) >> 1];
    return index > 0 && parent !== undefined && parent.place > turn.place ? parent : undefined;
  }

  /** The first child of a place, if it has to come before this turn. */
  #after(turn: Turn<K>, index: number): Turn<K> | undefined {
    const left = this.#heap[2 * index + 1];
    const right = this.#heap[2 * index + 2];
    const first = right !== undefined && left !== undefined && right.place < left.place ? right : left;
    return first !== undefined && first.place < turn.place ? first : undefined;
  }
}

interface Turn<K> {
  readonly key: K;
  place: number;
  /** Where it stands in the heap; below 0: aside. */
  index: number;
}
