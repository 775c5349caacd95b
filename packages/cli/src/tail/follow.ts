import { setTimeout as sleep } from 'node:timers/promises';
import { classify } from '@putlogs/core/internal';
import type { LogGroupName, LogSource } from './log-source.js';
import { merge } from './merge.js';
import { RecentEvents } from './recent-events.js';
import { byTime, type TailEvent } from './tail-event.js';

export const POLL_MS = 2000;

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
  const first = await open(options);
  if (options.signal.aborted) return;
  if (first.kind === 'open') {
    yield* followLive(options, recent, first.session);
    return;
  }
  const { name } = classify(first.error).failure;
  options.note(`Live Tail cannot be used (${name}). Asking every ${POLL_MS / 1000} s instead.`);
  yield* poll(options, recent);
}

type LiveSession = ReturnType<LogSource['live']>;

/** A session begins with an empty batch. */
async function open({
  source,
  groups,
  signal,
}: FollowOptions): Promise<
  | { readonly kind: 'open'; readonly session: LiveSession }
  | { readonly kind: 'failed'; readonly error: unknown }
> {
  const session = source.live(groups, signal);
  try {
    await session.next();
    return { kind: 'open', session };
  } catch (error) {
    return { kind: 'failed', error };
  }
}

/** One session after the other: the service ends each after three hours. */
function followLive(
  options: FollowOptions,
  recent: RecentEvents,
  first: LiveSession,
): AsyncGenerator<TailEvent> {
  let hasSampled = false;
  let opened: LiveSession | undefined = first;
  return persist(options, async function* (succeeded) {
    const session: LiveSession = opened ?? (await reopen(options));
    opened = undefined;
    try {
      // The session begins before what was there is read, so that nothing is missed in between.
      yield* pass(options, recent);
      recent.nextPass(options.since);
      succeeded();
      for await (const { events, isSampled } of session) {
        for (const event of events.toSorted(byTime)) if (!recent.isRepeated(event)) yield event;
        if (isSampled && !hasSampled) options.note(SAMPLED);
        hasSampled ||= isSampled;
      }
      await pause(POLL_MS, options.signal);
    } finally {
      await session.return(undefined);
    }
  });
}

const SAMPLED = 'More than 500 events a second: Live Tail leaves some out. --poll does not.';

async function reopen(options: FollowOptions): Promise<LiveSession> {
  const result = await open(options);
  if (result.kind === 'failed') throw result.error;
  return result.session;
}

/** Every few seconds, what is new. */
export function poll(options: FollowOptions, recent = new RecentEvents()): AsyncGenerator<TailEvent> {
  return persist(options, async function* (succeeded) {
    yield* pass(options, recent);
    succeeded();
    await pause(POLL_MS, options.signal);
  });
}

/**
 * Does something again and again, also after a failure that may pass, which is told once.
 * @param attempt calls back when nothing has failed
 */
export async function* persist<T>(
  { signal, note }: Pick<FollowOptions, 'signal' | 'note'>,
  attempt: (succeeded: () => void) => AsyncGenerator<T>,
): AsyncGenerator<T> {
  let failures = 0;
  const succeeded = () => {
    failures = 0;
  };
  while (!signal.aborted) {
    try {
      yield* attempt(succeeded);
    } catch (error) {
      if (signal.aborted) return;
      const { kind, failure } = classify(error);
      if (!PASSING.includes(kind)) throw error;
      if (failures++ === 0 && !ENDED.includes(failure.name))
        note(`${failure.name}: ${failure.message} Trying again.`);
      await pause(Math.min(POLL_MS * 2 ** (failures - 1), MAX_PAUSE_MS), signal);
    }
  }
}

const MAX_PAUSE_MS = 30_000;

/** Kinds of failures that may pass by themselves. */
const PASSING: readonly string[] = ['throttled', 'unavailable', 'timeout'];

/** The end of a session, and no failure. */
const ENDED: readonly string[] = ['SessionTimeoutException'];

export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}

/** What is there and was not shown. */
async function* pass(options: FollowOptions, recent: RecentEvents): AsyncGenerator<TailEvent> {
  const since = recent.nextPass(options.since);
  for await (const event of readAll({ ...options, since })) if (!recent.isRepeated(event)) yield event;
}
