type State =
  | { readonly kind: 'running' }
  /** The process waits to end. Several drains may run at once. */
  | { readonly kind: 'draining'; readonly drains: number }
  | { readonly kind: 'closed' };

/** Whether the pipeline runs, drains, or is closed. Once closed it stays closed. */
export class Lifecycle {
  #state: State = { kind: 'running' };

  get isDraining(): boolean {
    return this.#state.kind === 'draining';
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

  close(): void {
    this.#state = { kind: 'closed' };
  }

  #changeDrains(difference: 1 | -1): void {
    if (this.#state.kind === 'closed') return;
    const drains = (this.#state.kind === 'draining' ? this.#state.drains : 0) + difference;
    this.#state = drains > 0 ? { kind: 'draining', drains } : { kind: 'running' };
  }
}
