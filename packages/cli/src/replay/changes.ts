import { type ChangeFound, DAY_MS, type ReadBack, type StoredBatch } from '@putlogs/core/internal';

/** The service rejects older events. A minute less, since sending takes time. */
const MAX_AGE_MS = 14 * DAY_MS - 60_000;

/** The log group to send to, and the log stream, if it is not to stay the same. */
export interface Target {
  readonly logGroupName: string;
  readonly logStreamName: string | undefined;
}

export interface Changes {
  readonly to: Target | undefined;
  /** Events that are too old get the time of their sending. */
  readonly now: boolean;
}

/** What was found in the spool, and what was changed. */
export interface ChangeCounts {
  /** Events by log group and log stream. */
  readonly destinations: Map<string, number>;
  retimed: number;
}

/** Changes batches on their way from the disk, which keeps them as they were until they are delivered. */
export function changeWith({ to, now }: Changes, counts: ChangeCounts): ChangeFound {
  return (found) => {
    const name = {
      ...found.name,
      ...(to && { logGroupName: to.logGroupName }),
      ...(to?.logStreamName !== undefined && { logStreamName: to.logStreamName }),
    };
    const key = `${name.logGroupName} ${name.logStreamName}`;
    const { size, firstTimestamp } = found.outline;
    counts.destinations.set(key, (counts.destinations.get(key) ?? 0) + size);
    if (!now || firstTimestamp > Date.now() - MAX_AGE_MS) return { ...found, name };
    counts.retimed += size;
    const sentAt = Date.now();
    const outline = { size, firstTimestamp: sentAt, lastTimestamp: sentAt };
    return { name, outline, stored: new RetimedBatch(found.stored) };
  };
}

/** A batch on disk whose events get the time at which they are read. They are of one day, so all are about as old. */
class RetimedBatch implements StoredBatch {
  readonly #stored: StoredBatch;

  constructor(stored: StoredBatch) {
    this.#stored = stored;
  }

  async read(): Promise<ReadBack> {
    const result = await this.#stored.read();
    if (result.kind !== 'read') return result;
    const readAt = Date.now();
    const [batch = result.batch] = result.batch.withTimes(() => readAt);
    return { kind: 'read', batch };
  }

  get isPersisting(): boolean {
    return this.#stored.isPersisting;
  }

  get isPersisted(): boolean {
    return this.#stored.isPersisted;
  }

  get written(): Promise<boolean> {
    return this.#stored.written;
  }

  mayLeaveMemory(atOnce: boolean): boolean {
    return this.#stored.mayLeaveMemory(atOnce);
  }

  release(): void {
    this.#stored.release();
  }

  accepted(): void {
    this.#stored.accepted();
  }

  settle(events: number): void {
    this.#stored.settle(events);
  }

  leave(events: number): void {
    this.#stored.leave(events);
  }
}
