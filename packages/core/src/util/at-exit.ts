import { queueMicrotask } from './clock.js';

/** What remains to be done, without an event loop, when the process or the worker thread ends. */
const acts = new Set<() => void>();
let listens = false;
let isEnding = false;

/**
 * Calls `act` on `'exit'`, and before a signal that we re-raise. One listener serves all, since Node warns of many.
 * @returns takes that back
 */
export function atExit(act: () => void): () => void {
  if (!listens) process.once('exit', actNow);
  listens = true;
  acts.add(act);
  return () => void acts.delete(act);
}

/** Whatever is to be told has to be told at once from now on. */
export function beginLastMoment(): void {
  isEnding = true;
}

/** The process ends right after this. */
export function actNow(): void {
  beginLastMoment();
  for (const act of [...acts]) act();
}

/** Whether nothing is told later. */
export function isLastMoment(): boolean {
  return isEnding;
}

/**
 * Calls listeners of the application on a stack of their own, so that what they throw is an uncaught exception there,
 * as Node has it for EventEmitters, and does not end up in the pipeline. At exit no microtask runs: they are called at once.
 */
export function onOwnStack(callListeners: () => void): void {
  if (isEnding) callListeners();
  else queueMicrotask(callListeners);
}
