import { type ChangeFound, DAY_MS } from '@putlogs/core/internal';
import { ReplayedBatch } from './replayed-batch.js';

/** The service rejects older events. A minute less, since sending takes time. */
const MAX_AGE_MS = 14 * DAY_MS - 60_000;

export function isTooOld(timestamp: number): boolean {
  return timestamp <= Date.now() - MAX_AGE_MS;
}

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

/** The events of a log stream that the service has taken or rejected. */
export interface SentEvents {
  readonly logGroupName: string;
  readonly logStreamName: string;
  readonly events: number;
}

/** What was sent, and what was changed. */
export interface ChangeCounts {
  /** By log group and log stream. */
  readonly sent: Map<string, SentEvents>;
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
    const { size, firstTimestamp } = found.outline;
    const isRetimed = now && isTooOld(firstTimestamp);
    const settled = (events: number) => {
      addSent(counts.sent, { ...name, events });
      if (isRetimed) counts.retimed += events;
    };
    const stored = new ReplayedBatch(found.stored, { isRetimed, deadLetters, settled });
    if (!isRetimed) return { name, outline: found.outline, stored };
    const sentAt = Date.now();
    return { name, outline: { size, firstTimestamp: sentAt, lastTimestamp: sentAt }, stored };
  };
}

function addSent(sent: Map<string, SentEvents>, { logGroupName, logStreamName, events }: SentEvents): void {
  const key = `${logGroupName} ${logStreamName}`;
  sent.set(key, { logGroupName, logStreamName, events: (sent.get(key)?.events ?? 0) + events });
}
