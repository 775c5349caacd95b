import { ManualClock } from './manual-clock.js';

/** Says how often somebody began to wait: by that a test sees that something has arrived, before it lets time pass. */
export class CountingClock extends ManualClock {
  starts = 0;

  override after(ms: number, callback: () => void, keepAlive?: boolean): () => void {
    this.starts++;
    return super.after(ms, callback, keepAlive);
  }
}
