/** The part of a pipeline that matters here. */
interface Drained {
  drain(): Promise<void>;
}

const pipelines = new Set<Drained>();

/**
 * For a pipeline in the application's own thread: a process that has nothing else to do waits for delivery, and then
 * ends. What is logged meanwhile is waited for as well: Node emits 'beforeExit' again.
 * @returns takes that back
 */
export function drainBeforeExit(pipeline: Drained): () => void {
  if (pipelines.size === 0) process.on('beforeExit', drainAll);
  pipelines.add(pipeline);
  return () => {
    pipelines.delete(pipeline);
    if (pipelines.size === 0) process.off('beforeExit', drainAll);
  };
}

function drainAll(): void {
  for (const pipeline of pipelines) void pipeline.drain();
}
