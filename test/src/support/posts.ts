import type { Worker } from 'node:worker_threads';
import type { ExecutionContext } from 'ava';

/** Collects the text that is posted to the workers which are started from now on. */
export function watchPosts(t: ExecutionContext): string[] {
  const posts: string[] = [];
  const watch = (worker: Worker) => {
    const post = worker.postMessage.bind(worker);
    worker.postMessage = (message: unknown) => {
      // As text now: the memory is used again.
      if (message instanceof Uint8Array) posts.push(Buffer.from(message).toString());
      post(message);
    };
  };
  process.on('worker', watch);
  t.teardown(() => process.off('worker', watch));
  return posts;
}
