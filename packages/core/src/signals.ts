type Close = () => Promise<void> | void;

/** Who is to be closed, by signal. */
const closes = new Map<NodeJS.Signals, Set<Close>>();

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
  const known = closes.get(signal);
  known?.delete(close);
  if (known?.size !== 0) return;
  closes.delete(signal);
  process.off(signal, onSignal);
}

async function onSignal(signal: NodeJS.Signals): Promise<void> {
  if (othersListen(signal)) return;
  const all = [...(closes.get(signal) ?? [])];
  // The next one, of any kind, is not waited for.
  for (const known of closes.keys()) process.off(known, onSignal);
  closes.clear();
  await Promise.allSettled(all.map(async (close) => close()));
  process.kill(process.pid, signal);
}

/** signal-exit, of the spool's lock, listens as well. It steps back for others, and counts itself for them to see. */
function othersListen(signal: NodeJS.Signals): boolean {
  const { __signal_exit_emitter__: signalExit } = process as { __signal_exit_emitter__?: { count?: number } };
  return process.listenerCount(signal) > 1 + (signalExit?.count ?? 0);
}
