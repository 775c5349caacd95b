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

interface ExitDeliveries {
  /** Strong references: undelivered records must not be garbage-collected. */
  readonly deliveries: Set<ExitDelivery>;
  isListening: boolean;
  /** When the exit began, on the monotonic clock. */
  beganAt?: number;
}

/** The process has one set, even if this file is loaded more than once: two would wait one after the other. */
const KEY = Symbol.for('putlogs.deliverAtExit');

const holder = process as { [KEY]?: ExitDeliveries };

function exitDeliveries(): ExitDeliveries {
  holder[KEY] ??= { deliveries: new Set(), isListening: false };
  return holder[KEY];
}

/** Listens for the process's exit. Called before the first record, because that may be logged during the exit. */
export function listenForExit(): void {
  const shared = exitDeliveries();
  if (shared.isListening) return;
  shared.isListening = true;
  process.on('exit', deliverAtExit);
}

/** @returns removes the registration */
export function registerExitDelivery(delivery: ExitDelivery): () => void {
  const { deliveries } = exitDeliveries();
  deliveries.add(delivery);
  return () => deliveries.delete(delivery);
}

/** Blocks until everything registered is delivered. The process ends right afterwards. */
export function deliverAtExit(): void {
  const shared = exitDeliveries();
  shared.beganAt ??= signalledAt() ?? systemClock.monotonic();
  beginExit();
  for (const delivery of shared.deliveries) delivery.requestClose();
  for (const delivery of shared.deliveries) delivery.awaitClose();
}

/** Whether `deliverAtExit` has been called. A record that a later 'exit' listener logs must then be delivered at once. */
export function hasExitDeliveryBegun(): boolean {
  return holder[KEY]?.beganAt !== undefined;
}

/** The milliseconds left for a close that starts now. Once the process is ending, all closes share one `closeTimeoutMs`. */
export function remainingCloseTime(closeTimeoutMs: number): number {
  const endingSince = holder[KEY]?.beganAt ?? signalledAt();
  if (endingSince === undefined) return closeTimeoutMs;
  return Math.max(closeTimeoutMs - (systemClock.monotonic() - endingSince), 0);
}
