import { constants } from 'node:os';
import { setImmediate, setTimeout } from 'node:timers';
import { runExitActions } from '../util/at-exit.js';
import { systemClock, withTimeout } from '../util/clock.js';

/** How a logger is closed when a signal ends the process. */
export interface Closing {
  /** Delivers what was logged. The event loop runs meanwhile, and the logger still takes records. */
  deliver(): Promise<void>;
  /** The last act before the process ends: delivers what was logged since, and stands still for it. */
  end?(): void;
}

interface Registry {
  /** Who is to be closed, by signal. */
  readonly closings: Map<NodeJS.Signals, Set<Closing>>;
  readonly onSignal: (signal: NodeJS.Signals) => void;
  readonly onRemoved: (event: string | symbol, listener: unknown) => void;
  /** Signals that lost a listener in this turn of the event loop: one that removed itself as it was called. */
  readonly justHandled: Set<string | symbol>;
  state: 'idle' | 'just closing' | 'closing';
  /** When the closing began, on the monotonic clock. Undefined while idle. */
  begunAt?: number | undefined;
}

/** What thread-stream allows, and no logger should take. */
const PATIENCE_MS = 10_000;

/** npm, nodemon and terminals pass on a signal that the whole process group gets anyway: such a pair is one. */
const PAIR_MS = 50;

/** One for the process, should there be several copies of this file: two would wait for each other. */
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
 * On a signal that nobody else in the process handles, delivers first, and then lets the signal do what it would have
 * done: end the process. A second signal does that at once. A signal that the application handles is left to it.
 * @returns takes that back
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
    for (const signal of signals) evict(signal, closing);
  };
}

function evict(signal: NodeJS.Signals, closing: Closing): void {
  const { closings, onSignal, onRemoved } = registry();
  const known = closings.get(signal);
  known?.delete(closing);
  if (known?.size !== 0) return;
  closings.delete(signal);
  process.off(signal, onSignal);
  if (closings.size === 0) process.off('removeListener', onRemoved);
}

/** When a signal began to end the process, on the monotonic clock; undefined if none has. */
export function signalledAt(): number | undefined {
  // Without a registry nobody has asked for signals: looking leaves `process` as it is.
  return holder[KEY]?.begunAt;
}

async function closeOn(signal: NodeJS.Signals): Promise<void> {
  const shared = registry();
  if (isHandledByOthers(signal)) return;
  if (shared.state === 'closing') raise(signal);
  if (shared.state !== 'idle') return;
  // Our listeners stay until then: signal-exit ends the process when it finds no listeners but its own.
  shared.state = 'just closing';
  shared.begunAt = systemClock.monotonic();
  const all = [...(shared.closings.get(signal) ?? [])];
  const delivered = Promise.allSettled(all.map(async (closing) => closing.deliver()));
  // After what is called above, which may have stood still; and after the signals that came meanwhile.
  setTimeout(() => setImmediate(() => expectMore(shared)), PAIR_MS);
  await withTimeout(PATIENCE_MS, systemClock, delivered);
  // The application has begun to handle it.
  if (isHandledByOthers(signal)) {
    shared.state = 'idle';
    shared.begunAt = undefined;
  } else for (const closing of all) closing.end?.();
  raise(signal);
}

function expectMore(shared: Registry): void {
  if (shared.state === 'just closing') shared.state = 'closing';
}

/** Lets the signal do what it does without us. */
function raise(signal: NodeJS.Signals): void {
  const { closings, onSignal, state } = registry();
  if (state !== 'idle') {
    for (const known of closings.keys()) process.off(known, onSignal);
    runExitActions();
    // The kernel spares the first process of a container from signals that nobody handles, also when it sends them itself.
    if (process.pid === 1) process.exit(128 + constants.signals[signal]);
    // Those that are left wait to be alone, and end the process then: at once, before more is logged. Each may wait for another.
    for (let left = process.listenerCount(signal); left > 0; left--) process.emit(signal, signal);
  }
  process.kill(process.pid, signal);
}

/** signal-exit, in its versions 3 and 4, listens too, and steps back for others as we do. */
function isHandledByOthers(signal: NodeJS.Signals): boolean {
  const three = Reflect.get(process, '__signal_exit_emitter__') as { count?: number } | undefined;
  const four = Reflect.get(globalThis, Symbol.for('signal-exit emitter')) as { count?: number } | undefined;
  const listeners = 1 + (three?.count ?? 0) + (four?.count ?? 0);
  return registry().justHandled.has(signal) || process.listenerCount(signal) > listeners;
}
