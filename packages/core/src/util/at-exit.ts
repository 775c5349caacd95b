import { queueMicrotask } from './clock.js';
import { ExitListener } from './exit-listener.js';

interface ExitState {
  readonly actions: Set<() => void>;
  isExiting: boolean;
}

const shared = new ExitListener<ExitState>(
  'putlogs.atExit',
  () => ({ actions: new Set(), isExiting: false }),
  runExitActions,
);

/**
 * Registers a synchronous action for the end of the process or worker thread: on `'exit'`, and before closeOnSignals
 * raises a signal again. All actions share one listener, since Node warns about many.
 * @returns removes the action
 */
export function atExit(action: () => void): () => void {
  const { actions } = shared.listen();
  actions.add(action);
  return () => void actions.delete(action);
}

/** From now on nothing asynchronous will run, so reports must be emitted synchronously. */
export function beginExit(): void {
  shared.listen().isExiting = true;
}

/** To be called right before the process ends. */
export function runExitActions(): void {
  beginExit();
  for (const action of [...shared.listen().actions]) action();
}

/** Whether the process is ending, so that nothing asynchronous will run any more. */
export function isExiting(): boolean {
  return shared.known?.isExiting === true;
}

/**
 * Calls listeners of the application on their own stack: what they throw becomes an uncaught exception, as with any
 * EventEmitter, and does not reach the pipeline. At exit no microtasks run, so they are called synchronously.
 */
export function onOwnStack(callListeners: () => void): void {
  if (isExiting()) callListeners();
  else queueMicrotask(callListeners);
}
