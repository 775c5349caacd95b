type State =
  | { readonly kind: 'running' }
  /** The process waits to end, and may go on. Several drains may run at once. */
  | { readonly kind: 'draining'; readonly drains: number }
  /** Records are no longer accepted. What was accepted before is still being delivered. */
  | { readonly kind: 'closing' }
  | { readonly kind: 'closed' };

/** Whether the pipeline runs, drains, closes, or is closed. Once closing it does not run again. */
export class Lifecycle {
  #state: State = { kind: 'running' };

  /** Otherwise records are dropped, or go to the fallback. */
  get acceptsRecords(): boolean {
    return this.#state.kind === 'running' || this.#state.kind === 'draining';
  }

  /** The process waits for the delivery. */
  get isDraining(): boolean {
    return this.#state.kind === 'draining' || this.#state.kind === 'closing';
  }

  /** Nothing is sent any more, and whatever comes back from the network or the disk is ignored. */
  get isClosed(): boolean {
    return this.#state.kind === 'closed';
  }

  beginDrain(): void {
    this.#changeDrains(1);
  }

  endDrain(): void {
    this.#changeDrains(-1);
  }

  refuseRecords(): void {
    if (this.acceptsRecords) this.#state = { kind: 'closing' };
  }

  close(): void {
    this.#state = { kind: 'closed' };
  }

  #changeDrains(difference: 1 | -1): void {
    if (!this.acceptsRecords) return;
    const drains = (this.#state.kind === 'draining' ? this.#state.drains : 0) + difference;
    this.#state = drains > 0 ? { kind: 'draining', drains } : { kind: 'running' };
  }
}
