import type { SettlementObserver } from './settlement.js';

/** The calls of `flush` that wait until everything before a position is settled. */
export class FlushWaiters implements SettlementObserver {
  readonly #isSettled: (position: number) => boolean;
  /** By position, the lowest first. */
  readonly #waiting: { readonly position: number; readonly resolve: () => void }[] = [];

  /** @param isSettled whether everything before a position is settled */
  constructor(isSettled: (position: number) => boolean) {
    this.#isSettled = isSettled;
  }

  /** @param position not lower than in any earlier call */
  async wait(position: number): Promise<void> {
    if (this.#isSettled(position)) return;
    await new Promise<void>((resolve) => this.#waiting.push({ position, resolve }));
  }

  eventsSettled(): void {
    this.#release(this.#isSettled);
  }

  /** Nobody waits any longer, settled or not. */
  releaseAll(): void {
    this.#release(() => true);
  }

  #release(mayGo: (position: number) => boolean): void {
    for (let [first] = this.#waiting; first !== undefined; [first] = this.#waiting) {
      if (!mayGo(first.position)) return;
      this.#waiting.shift();
      first.resolve();
    }
  }
}
