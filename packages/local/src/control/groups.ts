import type { Store } from '../store/store.js';

/** A log group and its streams, as the page lists them. */
export interface GroupDescription {
  readonly logGroupName: string;
  readonly creationTime: number;
  readonly logGroupClass: string;
  readonly retentionInDays?: number;
  readonly tags: Readonly<Record<string, string>>;
  /** `count`: the number of accepted events, including those that are no longer kept. */
  readonly streams: readonly { readonly logStreamName: string; readonly count: number }[];
}

export const describeGroups = (store: Store): readonly GroupDescription[] =>
  [...store.groups.values()].map(({ name, creationTime, logGroupClass, retentionInDays, tags, streams }) => ({
    logGroupName: name,
    creationTime,
    logGroupClass,
    ...(retentionInDays !== undefined && { retentionInDays }),
    tags: Object.fromEntries(tags),
    streams: [...streams.values()].map((stream) => ({ logStreamName: stream.name, count: stream.count })),
  }));
