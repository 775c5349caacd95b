import { ManualClock } from './manual-clock.js';

/** Counts the timers that were started. Thereby a test sees that something has happened before it lets time pass. */
export class CountingClock extends ManualClock {
  starts = 0;

  override after(ms: number, callback: () => void, keepAlive?: boolean): () => void {
    this.starts++;
    return super.after(ms, callback, keepAlive);
  }
}
