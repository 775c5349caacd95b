import type { Worker } from 'node:worker_threads';
import type { ExecutionContext } from 'ava';

/** As while a thread is in a system call that does not return. */
export function preventTermination(t: ExecutionContext, worker: Worker | undefined): void {
  if (worker === undefined) throw new Error('there is no worker');
  const terminate = worker.terminate.bind(worker);
  worker.terminate = () => new Promise(() => undefined);
  t.teardown(terminate);
}
