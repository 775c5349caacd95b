interface Entry {
  readonly position: number;
  readonly callback: () => void;
}

/** Callbacks that wait until a growing file has reached a position. */
export class PositionCallbacks {
  /** By position. */
  readonly #entries: Entry[] = [];

  add(position: number, callback: () => void): void {
    const before = this.#entries.findLastIndex((entry) => entry.position <= position);
    this.#entries.splice(before + 1, 0, { position, callback });
  }

  reach(position: number): void {
    const first = this.#entries.findIndex((entry) => entry.position > position);
    const reached = this.#entries.splice(0, first < 0 ? this.#entries.length : first);
    for (const { callback } of reached) callback();
  }

  clear(): void {
    this.#entries.length = 0;
  }
}
