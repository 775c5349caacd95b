import { setImmediate } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { checkIsObject, type Options, type Report, resolveConfig } from '@putlogs/core/main-thread';
import { LevelLabels } from './level-labels.js';
import type { LineStream } from './line-stream.js';

/**
 * The target of `pino.transport()`. Pino calls it in the worker thread. The transport on the main thread emits `'report'`
 * with a {@link Report}.
 * @throws {ConfigError} which the transport emits as `'error'`
 * @example
 * const log = pino(pino.transport({ target: '@putlogs/pino', options: { logGroupName: '/my/app' } }));
 */
export default async function target(options?: Options): Promise<LineStream> {
  const config = resolveConfig(ownOptions(options));
  const labels = config.levelLabels ? await pinoLabels() : undefined;
  // The main thread imports this package for `createStream`, and must not load the pipeline.
  const { createLineStream } = await import('./line-stream.js');
  return createLineStream(config, emitOnMainThread, labels);
}

/** Pino and thread-stream add these to the options of a single target: pino/lib/transport.js, thread-stream/index.js. */
const PINO_OPTIONS = ['$context', 'pinoWillSendConfig', 'levels', 'dedupe'];

function ownOptions(options: Options = {}): Options {
  checkIsObject(options);
  return Object.fromEntries(Object.entries(options).filter(([name]) => !PINO_OPTIONS.includes(name)));
}

/** Pino 9 and later send the logger's levels to the worker, before the first line. */
async function pinoLabels(): Promise<LevelLabels> {
  const labels = new LevelLabels();
  const onMessage = (message: { code?: unknown; config?: { levels?: { labels?: unknown } } } | null) => {
    if (message?.code !== 'PINO_CONFIG') return;
    labels.use(message.config?.levels?.labels);
    parentPort?.off('message', onMessage);
  };
  if (workerData?.workerData?.pinoWillSendConfig === true) parentPort?.on('message', onMessage);
  // Lines take another path. What Pino has sent by now arrives when the event loop has polled once, between two immediates.
  await setImmediate();
  await setImmediate();
  return labels;
}

/** thread-stream emits it on the transport: https://github.com/pinojs/thread-stream#events */
function emitOnMainThread(report: Report): void {
  // Older versions (before Pino 8.12) do not state their version, and take such a message for an error.
  if (workerData?.workerData?.$context?.threadStreamVersion === undefined) return;
  parentPort?.postMessage({ code: 'EVENT', name: 'report', args: [report] });
}
