import { beginExit } from '../util/at-exit.js';
import { systemClock } from '../util/clock.js';
import { signalledAt } from './close-on-signals.js';

/** Delivers records at the process's exit, when this thread's event loop no longer runs. May be called again for later records. */
export interface ExitDelivery {
  /** Starts the delivery. It is started everywhere before any of it is awaited. */
  requestClose(): void;
  /** Blocks until the delivery is complete or takes too long. */
  awaitClose(): void;
}

/** Strong references: undelivered records must not be garbage-collected. */
const deliveries = new Set<ExitDelivery>();

let listensForExit = false;
/** When the exit began, on the monotonic clock. */
let exitBeganAt: number | undefined;

/** Listens for the process's exit. Called before the first record, because that may be logged during the exit. */
export function listenForExit(): void {
  if (listensForExit) return;
  listensForExit = true;
  process.on('exit', deliverAtExit);
}

/** @returns removes the registration */
export function registerExitDelivery(delivery: ExitDelivery): () => void {
  deliveries.add(delivery);
  return () => deliveries.delete(delivery);
}

/** Blocks until everything registered is delivered. The process ends right afterwards. */
export function deliverAtExit(): void {
  exitBeganAt ??= signalledAt() ?? systemClock.monotonic();
  beginExit();
  for (const delivery of deliveries) delivery.requestClose();
  for (const delivery of deliveries) delivery.awaitClose();
}

/** Whether `deliverAtExit` has been called. A record that a later 'exit' listener logs must then be delivered at once. */
export function hasExitDeliveryBegun(): boolean {
  return exitBeganAt !== undefined;
}

/** The milliseconds left for a close that starts now. Once the process is ending, all closes share one `closeTimeoutMs`. */
export function remainingCloseTime(closeTimeoutMs: number): number {
  const endingSince = exitBeganAt ?? signalledAt();
  if (endingSince === undefined) return closeTimeoutMs;
  return Math.max(closeTimeoutMs - (systemClock.monotonic() - endingSince), 0);
}
