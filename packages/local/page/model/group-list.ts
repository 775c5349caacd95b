import { signal } from '@preact/signals';
import type { GroupDescription } from '../../src/control/groups.js';
import type { LiveMessages } from '../../src/live/messages.js';
import type { LogEvent } from './log-event.js';

export interface Group extends Omit<GroupDescription, 'streams'> {
  /** The number of events of each stream. */
  readonly streams: ReadonlyMap<string, number>;
  readonly count: number;
}

interface ListedGroup {
  readonly description: Omit<GroupDescription, 'streams'>;
  readonly streams: Map<string, number>;
}

/** The log groups of the service, by name. */
export class GroupList {
  readonly groups = signal<readonly Group[]>([]);
  #byName = new Map<string, ListedGroup>();
  #isAnnounced = false;

  /**
   * Takes what the service lists.
   * @returns whether an event is of a group or stream that has gone since; undefined if none has
   */
  update(listed: readonly GroupDescription[]): ((event: LogEvent) => boolean) | undefined {
    const before = this.#byName;
    const now = new Map<string, ListedGroup>();
    for (const { streams, ...description } of listed) {
      const counts = streams.map(({ logStreamName, count }): [string, number] => [logStreamName, count]);
      now.set(description.logGroupName, { description, streams: new Map(counts) });
    }
    this.#byName = now;
    this.#announce();
    const isGone = (group: string, stream: string): boolean => !now.get(group)?.streams.has(stream);
    const hasGone = [...before].some(([group, { streams }]) =>
      [...streams.keys()].some((stream) => isGone(group, stream)),
    );
    if (!hasGone) return undefined;
    return ({ logGroupName, logStreamName }) =>
      (before.get(logGroupName)?.streams.has(logStreamName) ?? false) && isGone(logGroupName, logStreamName);
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
