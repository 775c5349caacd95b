/** The calls of `flush` that wait until everything before a position is settled. */
export class FlushWaiters {
  /** By position, the lowest first. */
  readonly #waiting: { readonly position: number; readonly resolve: () => void }[] = [];

  /** @param position not lower than in any earlier call */
  wait(position: number): Promise<void> {
    return new Promise((resolve) => this.#waiting.push({ position, resolve }));
  }

  /** Resolves the calls whose position is settled. */
  release(isSettled: (position: number) => boolean): void {
    for (let [first] = this.#waiting; first !== undefined; [first] = this.#waiting) {
      if (!isSettled(first.position)) return;
      this.#waiting.shift();
      first.resolve();
    }
  }
}
