import { atExit } from '../util/at-exit.js';

/** The part of a pipeline that matters here. */
interface InProcess {
  drain(): Promise<void>;
  abandon(): void;
}

const pipelines = new Set<InProcess>();

/**
 * For a pipeline in the application's own thread: a process that has nothing else to do waits for delivery, and then
 * ends. What is logged meanwhile is waited for as well: Node emits 'beforeExit' again. A process that ends without
 * 'beforeExit', by `process.exit()` or an uncaught error, reports what was not delivered.
 * @returns takes that back
 */
export function drainBeforeExit(pipeline: InProcess): () => void {
  if (pipelines.size === 0) process.on('beforeExit', drainAll);
  pipelines.add(pipeline);
  const evict = atExit(() => pipeline.abandon());
  return () => {
    evict();
    pipelines.delete(pipeline);
    if (pipelines.size === 0) process.off('beforeExit', drainAll);
  };
}

function drainAll(): void {
  for (const pipeline of pipelines) void pipeline.drain();
}
