import type { LogGroup } from '@aws-sdk/client-cloudwatch-logs';
import { type FollowOptions, POLL_MS, pause, persist } from './follow.js';

/** A log group that does not exist yet, once it does. @returns undefined if the signal ends the wait */
export async function awaitLogGroup(
  find: () => Promise<LogGroup | undefined>,
  options: Pick<FollowOptions, 'signal' | 'note'>,
): Promise<LogGroup | undefined> {
  const found = persist(options, async function* (succeeded) {
    const group = await find();
    succeeded();
    if (group === undefined) await pause(POLL_MS, options.signal);
    else yield group;
  });
  for await (const group of found) return group;
  return undefined;
}
