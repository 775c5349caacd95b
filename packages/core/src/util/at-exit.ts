import { queueMicrotask } from './clock.js';

interface ExitState {
  readonly actions: Set<() => void>;
  isListening: boolean;
  isExiting: boolean;
}

/** The process has one state, even if this file is loaded more than once: as an ES module and as CommonJS. */
const KEY = Symbol.for('putlogs.atExit');

const holder = process as { [KEY]?: ExitState };

function exitState(): ExitState {
  holder[KEY] ??= { actions: new Set(), isListening: false, isExiting: false };
  return holder[KEY];
}

/**
 * Registers a synchronous action for the end of the process or worker thread: on `'exit'`, and before closeOnSignals
 * raises a signal again. All actions share one listener, since Node warns about many.
 * @returns removes the action
 */
export function atExit(action: () => void): () => void {
  const state = exitState();
  if (!state.isListening) process.once('exit', runExitActions);
  state.isListening = true;
  state.actions.add(action);
  return () => void state.actions.delete(action);
}

/** From now on nothing asynchronous will run, so reports must be emitted synchronously. */
export function beginExit(): void {
  exitState().isExiting = true;
}

/** To be called right before the process ends. */
export function runExitActions(): void {
  beginExit();
  for (const action of [...exitState().actions]) action();
}

/** Whether the process is ending, so that nothing asynchronous will run any more. */
export function isExiting(): boolean {
  return holder[KEY]?.isExiting === true;
}

/**
 * Calls listeners of the application on their own stack: what they throw becomes an uncaught exception, as with any
 * EventEmitter, and does not reach the pipeline. At exit no microtasks run, so they are called synchronously.
 */
export function onOwnStack(callListeners: () => void): void {
  if (isExiting()) callListeners();
  else queueMicrotask(callListeners);
}
