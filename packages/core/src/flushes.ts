/** Those who wait until everything before a position has found its fate. */
export class Flushes {
  #waiting: { readonly end: number; readonly resolve: () => void }[] = [];

  wait(end: number): Promise<void> {
    return new Promise((resolve) => this.#waiting.push({ end, resolve }));
  }

  /** Lets those go whose wait is over. */
  release(isSettled: (end: number) => boolean): void {
    const done = this.#waiting.filter(({ end }) => isSettled(end));
    this.#waiting = this.#waiting.filter((flush) => !done.includes(flush));
    for (const { resolve } of done) resolve();
  }
}
