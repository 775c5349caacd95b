import { type ChangeFound, DAY_MS } from '@putlogs/core/internal';
import { ReplayedBatch } from './replayed-batch.js';

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
  return (found, deadLetters) => {
    const name = {
      ...found.name,
      ...(to && { logGroupName: to.logGroupName }),
      ...(to?.logStreamName !== undefined && { logStreamName: to.logStreamName }),
    };
    const key = `${name.logGroupName} ${name.logStreamName}`;
    const { size, firstTimestamp } = found.outline;
    counts.destinations.set(key, (counts.destinations.get(key) ?? 0) + size);
    const isRetimed = now && firstTimestamp <= Date.now() - MAX_AGE_MS;
    const stored = new ReplayedBatch(found.stored, { isRetimed, deadLetters });
    if (!isRetimed) return { name, outline: found.outline, stored };
    counts.retimed += size;
    const sentAt = Date.now();
    return { name, outline: { size, firstTimestamp: sentAt, lastTimestamp: sentAt }, stored };
  };
}
