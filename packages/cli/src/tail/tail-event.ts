/** An event as it is read back. */
export interface TailEvent {
  readonly logGroupName: string;
  readonly logStreamName: string;
  readonly timestamp: number;
  readonly ingestionTime: number;
  readonly message: string;
}

/** The same for the same event, by whichever call it is read. */
export function keyOf({ logGroupName, logStreamName, timestamp, ingestionTime, message }: TailEvent): string {
  return JSON.stringify([logGroupName, logStreamName, timestamp, ingestionTime, message]);
}

export function byTime(a: TailEvent, b: TailEvent): number {
  return a.timestamp - b.timestamp;
}
