/** A doubly linked list. A known link is removed, or gets a neighbour, in constant time. */
export class LinkedList<T> implements Iterable<T> {
  #first: Link<T> | undefined;
  #last: Link<T> | undefined;

  get first(): Link<T> | undefined {
    return this.#first;
  }

  get last(): Link<T> | undefined {
    return this.#last;
  }

  addFirst(value: T): Link<T> {
    return this.#link(value, undefined, this.#first);
  }

  addLast(value: T): Link<T> {
    return this.#link(value, this.#last, undefined);
  }

  addBefore(link: Link<T>, value: T): Link<T> {
    return this.#link(value, link.previous, link);
  }

  remove({ previous, next }: Link<T>): void {
    if (previous === undefined) this.#first = next;
    else previous.next = next;
    if (next === undefined) this.#last = previous;
    else next.previous = previous;
  }

  /** Iterates from first to last. The current value may be removed during the iteration. */
  *[Symbol.iterator](): Generator<T> {
    for (let link = this.#first; link !== undefined; link = link.next) yield link.value;
  }

  #link(value: T, previous: Link<T> | undefined, next: Link<T> | undefined): Link<T> {
    const link = { value, previous, next };
    if (previous === undefined) this.#first = link;
    else previous.next = link;
    if (next === undefined) this.#last = link;
    else next.previous = link;
    return link;
  }
}

export interface Link<T> {
  readonly value: T;
  previous: Link<T> | undefined;
  next: Link<T> | undefined;
}
