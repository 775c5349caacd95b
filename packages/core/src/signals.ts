type Close = () => Promise<void> | void;

interface Registry {
  /** Who is to be closed, by signal. */
  readonly closes: Map<NodeJS.Signals, Set<Close>>;
  readonly onSignal: (signal: NodeJS.Signals) => void;
}

/** What thread-stream allows, and no close should take. */
const PATIENCE_MS = 10_000;

/** One for the process, should there be several copies of this file: two would wait for each other. */
const KEY = Symbol.for('awslogs.closeOnSignals');

function registry(): Registry {
  const shared = process as { [KEY]?: Registry };
  shared[KEY] ??= { closes: new Map(), onSignal: (signal) => void endBy(signal) };
  return shared[KEY];
}

/**
 * On a signal that nobody else in the process handles, closes first, and then lets the signal do what it would have
 * done: end the process. A second signal does that at once. A signal that the application handles is left to it.
 * @param close resolves or returns when all is delivered, or it is too late for that
 * @returns takes that back
 */
export function closeOnSignals(
  close: Close,
  signals: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT'],
): () => void {
  const { closes, onSignal } = registry();
  for (const signal of signals) {
    const known = closes.get(signal);
    if (known === undefined) process.on(signal, onSignal);
    closes.set(signal, (known ?? new Set()).add(close));
  }
  return () => {
    for (const signal of signals) forget(signal, close);
  };
}

function forget(signal: NodeJS.Signals, close: Close): void {
  const { closes, onSignal } = registry();
  const known = closes.get(signal);
  known?.delete(close);
  if (known?.size !== 0) return;
  closes.delete(signal);
  process.off(signal, onSignal);
}

async function endBy(signal: NodeJS.Signals): Promise<void> {
  if (othersListen(signal)) return;
  const { closes, onSignal } = registry();
  const all = [...(closes.get(signal) ?? [])];
  // The next one, of any kind, is not waited for.
  for (const known of closes.keys()) process.off(known, onSignal);
  closes.clear();
  const tooLong = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  await Promise.race([Promise.allSettled(all.map(async (close) => close())), tooLong]);
  process.kill(process.pid, signal);
}

/** signal-exit listens as well, in versions 3 (of the spool's lock) and 4. It steps back for others, as we do. */
function othersListen(signal: NodeJS.Signals): boolean {
  const three = Reflect.get(process, '__signal_exit_emitter__') as { count?: number } | undefined;
  const four = Reflect.get(globalThis, Symbol.for('signal-exit emitter')) as { count?: number } | undefined;
  return process.listenerCount(signal) > 1 + (three?.count ?? 0) + (four?.count ?? 0);
}
