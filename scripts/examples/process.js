import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';

const DEADLINE_MS = 120_000;

/** Shows what a process writes, and collects it for `expectSilence`. @param streams `child.stdout`, `child.stderr` */
export function written(...streams) {
  let all = '';
  for (const stream of streams)
    stream.setEncoding('utf8').on('data', (text) => {
      all += text;
      process.stderr.write(text);
    });
  return () => all;
}

/** @throws {Error} if there is anything, such as a report of the transport */
export function expectSilence(text) {
  if (text !== '') throw new Error(`It should have written nothing, and has written: ${text}`);
}

/** Waits for what a process does, and not forever. @param what it should do */
export function inTime(promise, what) {
  const late = sleep(DEADLINE_MS, undefined, { ref: false }).then(() => {
    throw new Error(`It does not ${what}.`);
  });
  return Promise.race([promise, late]);
}

/** @param ended the promise of the end of a process @throws {Error} if it ends otherwise, or not in time */
export async function expectEnd(ended, expected) {
  const end = await inTime(ended, 'end');
  if (!isDeepStrictEqual(end, expected))
    throw new Error(`It ended with ${JSON.stringify(end)}, not ${JSON.stringify(expected)}.`);
}
