import { constants } from 'node:os';
import { setImmediate, setTimeout } from 'node:timers';
import { runExitActions } from '../util/at-exit.js';
import { systemClock, withTimeout } from '../util/clock.js';
import { SIGNAL_DELIVERY_MS } from '../util/closing-budget.js';

/** How a logger delivers when a signal ends the process. */
export interface Closing {
  /** Delivers what was logged. The event loop keeps running, and the logger keeps taking records. */
  deliver(): Promise<void>;
  /** Called last, before the process ends: delivers what was logged since, and blocks meanwhile. */
  end?(): void;
}

interface Registry {
  /** The registered closings, by signal. */
  readonly closings: Map<NodeJS.Signals, Set<Closing>>;
  readonly onSignal: (signal: NodeJS.Signals) => void;
  readonly onRemoved: (event: string | symbol, listener: unknown) => void;
  /** Signals that lost a listener in this turn of the event loop: a `once` listener that has handled the signal. */
  readonly justHandled: Set<string | symbol>;
  /** `'just closing'`: a further signal counts as the first one, sent again. */
  state: 'idle' | 'just closing' | 'closing';
  /** When the closing began, on the monotonic clock. Undefined while idle. */
  begunAt?: number | undefined;
}

/** npm, nodemon and terminals send the signal to the whole process group as well. Two signals within this time count as one. */
const PAIR_MS = 50;

/** The process has one registry, even if this file is loaded more than once: two registries would wait for each other. */
const KEY = Symbol.for('putlogs.closeOnSignals');

const holder = process as { [KEY]?: Registry };

function registry(): Registry {
  holder[KEY] ??= createRegistry();
  return holder[KEY];
}

function createRegistry(): Registry {
  const justHandled = new Set<string | symbol>();
  return {
    closings: new Map(),
    onSignal: (signal) => void closeOn(signal),
    onRemoved: (event) => {
      justHandled.add(event);
      process.nextTick(() => justHandled.delete(event));
    },
    justHandled,
    state: 'idle',
  };
}

/**
 * When a signal arrives that no other listener in the process handles, delivers first and then lets the signal end the
 * process. A second signal ends it at once. Does nothing on a signal that the application handles.
 * @param signals default: SIGTERM and SIGINT
 * @returns unregisters it
 */
export function closeOnSignals(
  closing: Closing,
  signals: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT'],
): () => void {
  const { closings, onSignal, onRemoved } = registry();
  if (closings.size === 0) process.on('removeListener', onRemoved);
  for (const signal of signals) {
    const known = closings.get(signal);
    if (known === undefined) process.on(signal, onSignal);
    closings.set(signal, (known ?? new Set()).add(closing));
  }
  return () => {
    for (const signal of signals) unregister(signal, closing);
  };
}

function unregister(signal: NodeJS.Signals, closing: Closing): void {
  const { closings, onSignal, onRemoved } = registry();
  const known = closings.get(signal);
  known?.delete(closing);
  if (known?.size !== 0) return;
  closings.delete(signal);
  process.off(signal, onSignal);
  if (closings.size === 0) process.off('removeListener', onRemoved);
}

/** When a signal began to end the process, on the monotonic clock. Undefined if none has. */
export function signalledAt(): number | undefined {
  // Without a registry nobody has called closeOnSignals. Creating one here would change `process`.
  return holder[KEY]?.begunAt;
}

async function closeOn(signal: NodeJS.Signals): Promise<void> {
  const shared = registry();
  if (isHandledByOthers(signal)) return;
  if (shared.state === 'closing') raise(signal);
  if (shared.state !== 'idle') return;
  // Our listeners stay registered meanwhile: signal-exit ends the process when it finds no listeners but its own.
  shared.state = 'just closing';
  shared.begunAt = systemClock.monotonic();
  const all = [...(shared.closings.get(signal) ?? [])];
  const delivered = Promise.allSettled(all.map(async (closing) => closing.deliver()));
  // setImmediate: the calls above may have blocked, and signals that arrived meanwhile are handled first.
  setTimeout(() => setImmediate(() => countFurther(shared)), PAIR_MS);
  await withTimeout(SIGNAL_DELIVERY_MS, systemClock, delivered);
  // The application may have added a listener for the signal during the delivery.
  if (isHandledByOthers(signal)) {
    shared.state = 'idle';
    shared.begunAt = undefined;
  } else for (const closing of all) closing.end?.();
  raise(signal);
}

function countFurther(shared: Registry): void {
  if (shared.state === 'just closing') shared.state = 'closing';
}

/** Sends the signal again, with our listeners removed if we have delivered. */
function raise(signal: NodeJS.Signals): void {
  const { closings, onSignal, state } = registry();
  if (state !== 'idle') {
    for (const known of closings.keys()) process.off(known, onSignal);
    runExitActions();
    // The kernel ignores an unhandled signal to the first process of a container, even if that process sends it to itself.
    if (process.pid === 1) process.exit(128 + constants.signals[signal]);
    // The remaining listeners are those of signal-exit. Each ends the process only when no other is left, so each is called.
    for (let left = process.listenerCount(signal); left > 0; left--) process.emit(signal, signal);
  }
  process.kill(process.pid, signal);
}

/** The listeners of signal-exit (versions 3 and 4) do not count: they leave the signal to others, as ours does. */
function isHandledByOthers(signal: NodeJS.Signals): boolean {
  const three = Reflect.get(process, '__signal_exit_emitter__') as { count?: number } | undefined;
  const four = Reflect.get(globalThis, Symbol.for('signal-exit emitter')) as { count?: number } | undefined;
  const listeners = 1 + (three?.count ?? 0) + (four?.count ?? 0);
  return registry().justHandled.has(signal) || process.listenerCount(signal) > listeners;
}
