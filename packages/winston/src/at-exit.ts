import { beginLastMoment, signalledAt, systemClock } from '@putlogs/core/main-thread';
import type { ExitPort } from './channel.js';

/** Those who hold records. A strong reference: what they hold must not be lost to the garbage collector. */
const holders = new Set<ExitPort>();

let isWatching = false;
/** When the process's exit began, on the monotonic clock. */
let begunAt: number | undefined;

/** Delivers at the process's exit what is held then. Called before the first record, which may be logged at the exit. */
export function watchExit(): void {
  if (isWatching) return;
  isWatching = true;
  process.on('exit', deliverHeld);
}

/** Blocks until all that is held is delivered. The process ends right after this. */
export function deliverHeld(): void {
  begunAt ??= signalledAt() ?? systemClock.monotonic();
  beginLastMoment();
  for (const holder of holders) holder.requestClose();
  for (const holder of holders) holder.awaitClose();
}

/** Whether the process exits, and our listener was called: what is logged now, by a later listener, is nobody else's. */
export function isExiting(): boolean {
  return begunAt !== undefined;
}

/** The time for a close that begins now: all closes share one `closeTimeoutMs` once a signal, or the exit, ends the process. */
export function timeToClose(closeTimeoutMs: number): number {
  const leavingSince = begunAt ?? signalledAt();
  if (leavingSince === undefined) return closeTimeoutMs;
  return Math.max(closeTimeoutMs - (systemClock.monotonic() - leavingSince), 0);
}

/** @returns takes that back */
export function holdUntilExit(holder: ExitPort): () => void {
  holders.add(holder);
  return () => holders.delete(holder);
}
