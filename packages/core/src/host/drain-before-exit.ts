import { atExit } from '../util/at-exit.js';

/** The parts of a pipeline that are used here. */
interface Drainable {
  drain(): Promise<void>;
  abandon(): void;
}

const pipelines = new Set<Drainable>();

/**
 * Drains a pipeline in the application's own thread before the process ends. If records are logged during the drain, Node
 * emits 'beforeExit' again. If the process ends without 'beforeExit', by `process.exit()` or an uncaught error, the
 * pipeline counts and reports what was not delivered.
 * @returns unregisters the pipeline
 */
export function drainBeforeExit(pipeline: Drainable): () => void {
  if (pipelines.size === 0) process.on('beforeExit', drainAll);
  pipelines.add(pipeline);
  const removeAction = atExit(() => pipeline.abandon());
  return () => {
    removeAction();
    pipelines.delete(pipeline);
    if (pipelines.size === 0) process.off('beforeExit', drainAll);
  };
}

function drainAll(): void {
  for (const pipeline of pipelines) void pipeline.drain();
}
