import { beginExit } from '../util/at-exit.js';
import { systemClock } from '../util/clock.js';
import { ExitListener } from '../util/exit-listener.js';
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
  /** When the exit began, on the monotonic clock. */
  beganAt?: number;
}

const shared = new ExitListener<ExitDeliveries>(
  'putlogs.deliverAtExit',
  () => ({ deliveries: new Set() }),
  deliverAtExit,
);

/** Listens for the process's exit. Called before the first record, because that may be logged during the exit. */
export function listenForExit(): void {
  shared.listen();
}

/** @returns removes the registration */
export function registerExitDelivery(delivery: ExitDelivery): () => void {
  const { deliveries } = shared.listen();
  deliveries.add(delivery);
  return () => deliveries.delete(delivery);
}

/** Blocks until everything registered is delivered. The process ends right afterwards. */
export function deliverAtExit(): void {
  const state = shared.listen();
  state.beganAt ??= signalledAt() ?? systemClock.monotonic();
  beginExit();
  for (const delivery of state.deliveries) delivery.requestClose();
  for (const delivery of state.deliveries) delivery.awaitClose();
}

/** Whether `deliverAtExit` has been called. A record that a later 'exit' listener logs must then be delivered at once. */
export function hasExitDeliveryBegun(): boolean {
  return shared.known?.beganAt !== undefined;
}

/** The milliseconds left for a close that starts now. Once the process is ending, all closes share one `closeTimeoutMs`. */
export function remainingCloseTime(closeTimeoutMs: number): number {
  const endingSince = shared.known?.beganAt ?? signalledAt();
  if (endingSince === undefined) return closeTimeoutMs;
  return Math.max(closeTimeoutMs - (systemClock.monotonic() - endingSince), 0);
}
