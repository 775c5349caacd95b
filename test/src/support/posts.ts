import type { Worker } from 'node:worker_threads';
import type { ExecutionContext } from 'ava';

/** Collects the text that is posted to the workers which are started from now on. */
export function watchPosts(t: ExecutionContext): string[] {
  const posts: string[] = [];
  const watch = (worker: Worker) => {
    const post = worker.postMessage.bind(worker);
    worker.postMessage = (message: unknown) => {
      if (typeof message === 'string') posts.push(message);
      post(message);
    };
  };
  process.on('worker', watch);
  t.teardown(() => process.off('worker', watch));
  return posts;
}
