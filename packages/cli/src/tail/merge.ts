/** Merges sequences that are sorted, in the order of `compare`. */
export async function* merge<T>(
  sources: readonly AsyncIterable<T>[],
  compare: (a: T, b: T) => number,
): AsyncGenerator<T> {
  const iterators = sources.map((source) => source[Symbol.asyncIterator]());
  const heads = await Promise.all(iterators.map((iterator) => iterator.next()));
  for (;;) {
    let first = -1;
    for (const [i, head] of heads.entries()) {
      const best = heads[first];
      if (!head.done && (best === undefined || best.done || compare(head.value, best.value) < 0)) first = i;
    }
    const [head, iterator] = [heads[first], iterators[first]];
    if (head === undefined || head.done || iterator === undefined) return;
    yield head.value;
    heads[first] = await iterator.next();
  }
}
