/**
 * Counts the pending events of a batch that are on disk, and so survive this thread, and those that the disk is writing,
 * which may.
 */
export class PersistedEvents {
  readonly #changed: (persisted: number, writing: number) => void;
  #size = 0;
  /** How many events of the newest copy segments have got. */
  #appended = 0;
  /** How many of them the system has taken. */
  #written = 0;
  /** How many events are accepted and not settled. */
  #pending = 0;
  #persisted = 0;
  #writing = 0;

  /** @param changed is called with the differences when a count changes */
  constructor(changed: (persisted: number, writing: number) => void) {
    this.#changed = changed;
  }

  /** An earlier process left all these events on disk. They count once they are accepted. */
  recovered(size: number): void {
    this.#size = size;
    this.#appended = size;
    this.#written = size;
  }

  accepted(): void {
    this.#pending = this.#size;
    this.#update();
  }

  add(): void {
    this.#size++;
    this.#pending++;
  }

  /** A segment gets all events that no segment has got yet. @returns how many */
  append(): number {
    const events = this.#size - this.#appended;
    this.#appended = this.#size;
    this.#update();
    return events;
  }

  written(events: number): void {
    this.#written += events;
    this.#update();
  }

  /** All events are written again. @param hasBackup whether an older copy on disk is complete */
  rewrite(hasBackup: boolean): void {
    this.#appended = 0;
    if (!hasBackup) this.#written = 0;
    this.#update();
  }

  settle(events: number): void {
    this.#pending -= events;
    this.#update();
  }

  /** The disk has none of the events any more, or another process owns them. */
  clear(): void {
    this.#pending = 0;
    this.#update();
  }

  #update(): void {
    // Assumes that the settled events are among the written ones: a loss may be overstated, but is never hidden.
    const persisted = Math.max(this.#pending - (this.#size - this.#written), 0);
    const appended = Math.max(this.#pending - (this.#size - this.#appended), 0);
    const writing = Math.max(appended - persisted, 0);
    if (persisted === this.#persisted && writing === this.#writing) return;
    this.#changed(persisted - this.#persisted, writing - this.#writing);
    this.#persisted = persisted;
    this.#writing = writing;
  }
}
