import { Worker } from 'node:worker_threads';
import { start as startStdout } from './pino-stdout.js';

/** Beside the logger, what every transport needs that sends from a thread of its own: the thread, and the SDK in it. */
export function start() {
  // As small a young generation as that of our worker.
  const worker = new Worker(new URL('../children/sdk-worker.js', import.meta.url), {
    resourceLimits: { maxYoungGenerationSizeMb: 4 },
  });
  return { ...startStdout(), end: () => worker.terminate() };
}
