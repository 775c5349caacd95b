import { signal } from '@preact/signals';
import type { GroupDescription } from '../../src/control/groups.js';
import type { LiveMessages } from '../../src/live/messages.js';
import type { LogEvent } from './log-event.js';

export interface Group extends Omit<GroupDescription, 'streams'> {
  /** The number of events of each stream. */
  readonly streams: ReadonlyMap<string, number>;
  readonly count: number;
}

/** The log groups of the service, by name. */
export class GroupList {
  readonly groups = signal<readonly Group[]>([]);
  #byName = new Map<
    string,
    { description: Omit<GroupDescription, 'streams'>; streams: Map<string, number> }
  >();
  #isAnnounced = false;

  /** Takes what the service lists. @returns whether an event is of a group or stream that has gone since */
  update(listed: readonly GroupDescription[]): (event: LogEvent) => boolean {
    const before = this.#byName;
    this.#byName = new Map();
    for (const { streams, ...description } of listed) {
      const counts = streams.map(({ logStreamName, count }): [string, number] => [logStreamName, count]);
      this.#byName.set(description.logGroupName, { description, streams: new Map(counts) });
    }
    this.#announce();
    return ({ logGroupName, logStreamName }) =>
      (before.get(logGroupName)?.streams.has(logStreamName) ?? false) &&
      !this.#byName.get(logGroupName)?.streams.has(logStreamName);
  }

  /** Takes the count of a stream from its newest events. @returns whether the stream is known */
  receive({ logGroupName, logStreamName, count }: LiveMessages['events']): boolean {
    const group = this.#byName.get(logGroupName);
    const known = group?.streams.get(logStreamName);
    if (!group || known === undefined) return false;
    if (known === count) return true;
    group.streams.set(logStreamName, count);
    this.#announce();
    return true;
  }

  #announce(): void {
    if (this.#isAnnounced) return;
    this.#isAnnounced = true;
    requestAnimationFrame(() => {
      this.#isAnnounced = false;
      this.groups.value = [...this.#byName.values()]
        .map(({ description, streams }) => ({
          ...description,
          streams,
          count: [...streams.values()].reduce((sum, count) => sum + count, 0),
        }))
        .sort((a, b) => a.logGroupName.localeCompare(b.logGroupName));
    });
  }
}
