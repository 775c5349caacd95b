/** Says that something has changed; what it is, the listeners look up. */
export class Changes {
  readonly #listeners = new Set<() => void>();

  /** @returns ends the subscription */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  notify(): void {
    for (const listener of this.#listeners) listener();
  }
}
