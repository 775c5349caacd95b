/** Those who wait until everything before a position is settled. */
export class FlushWaiters {
  /** The one that waits for the least is in front. */
  readonly #waiting: { readonly end: number; readonly resolve: () => void }[] = [];

  /** @param end never before that of a wait that began earlier */
  wait(end: number): Promise<void> {
    return new Promise((resolve) => this.#waiting.push({ end, resolve }));
  }

  /** Lets those go whose wait is over. */
  release(isSettled: (end: number) => boolean): void {
    for (let [first] = this.#waiting; first !== undefined && isSettled(first.end); [first] = this.#waiting) {
      this.#waiting.shift();
      first.resolve();
    }
  }
}
