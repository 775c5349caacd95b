import { setTimeout as sleep } from 'node:timers/promises';
import { classify } from '@putlogs/core/internal';
import type { LogGroupName, LogSource } from './log-source.js';
import { merge } from './merge.js';
import { RecentEvents } from './recent-events.js';
import { byTime, type TailEvent } from './tail-event.js';

const POLL_MS = 2000;

export interface FollowOptions {
  readonly source: LogSource;
  readonly groups: readonly LogGroupName[];
  readonly since: number;
  readonly signal: AbortSignal;
  /** Says what the user should know. */
  readonly note: (text: string) => void;
}

/** What was there, in order of time. */
export function readAll({ source, groups, since, signal }: FollowOptions): AsyncGenerator<TailEvent> {
  return merge(
    groups.map((group) => source.read(group, since, signal)),
    byTime,
  );
}

/** What was there, and what arrives: by Live Tail, or by polling where that is not there or not allowed. */
export async function* follow(options: FollowOptions): AsyncGenerator<TailEvent> {
  const recent = new RecentEvents();
  try {
    yield* followLive(options, recent);
  } catch (error) {
    if (options.signal.aborted) return;
    const { name } = classify(error).failure;
    options.note(`Live Tail cannot be used (${name}). Asking every ${POLL_MS / 1000} s instead.`);
  }
  yield* poll(options, recent);
}

async function* followLive(options: FollowOptions, recent: RecentEvents): AsyncGenerator<TailEvent> {
  const { source, groups, signal, note } = options;
  let hasSampled = false;
  while (!signal.aborted) {
    const live = source.live(groups, signal);
    // The session begins before what was there is read, so that nothing is missed in between.
    await live.next();
    yield* pass(options, recent);
    recent.nextPass(options.since);
    for await (const { events, isSampled } of live) {
      for (const event of events.toSorted(byTime)) if (!recent.isRepeated(event)) yield event;
      if (isSampled && !hasSampled)
        note('More than 500 events a second: Live Tail leaves some out. --poll shows all.');
      hasSampled ||= isSampled;
    }
  }
}

/** Every few seconds, what is new. */
export async function* poll(options: FollowOptions, recent = new RecentEvents()): AsyncGenerator<TailEvent> {
  while (!options.signal.aborted) {
    yield* pass(options, recent);
    await sleep(POLL_MS, undefined, { signal: options.signal }).catch(() => undefined);
  }
}

/** What is there and was not shown. */
async function* pass(options: FollowOptions, recent: RecentEvents): AsyncGenerator<TailEvent> {
  const since = recent.nextPass(options.since);
  for await (const event of readAll({ ...options, since })) if (!recent.isRepeated(event)) yield event;
}
