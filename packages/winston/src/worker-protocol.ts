import { isMainThread, workerData } from 'node:worker_threads';
import type { Config, Report } from '@putlogs/core/main-thread';

/** What the main thread posts: frames of records, one behind the other, or a request. */
export type ToWorker =
  | string
  | { readonly kind: 'flush'; readonly id: number }
  | { readonly kind: 'close'; readonly timeoutMs: number };

/** What the worker posts. */
export type FromWorker =
  | { readonly kind: 'started' }
  | { readonly kind: 'report'; readonly report: Report }
  | { readonly kind: 'received' }
  | { readonly kind: 'flushed'; readonly id: number }
  | { readonly kind: 'closed' };

/** What a worker of ours is started with. */
export interface WorkerInput {
  readonly config: Config;
  /** Of its `Progress`. */
  readonly memory: SharedArrayBuffer;
  /** Of its `Counters`. */
  readonly counters: SharedArrayBuffer;
}

const KEY = 'putlogs.worker';

export function toWorkerData(input: WorkerInput): object {
  return { [KEY]: input };
}

/** Undefined in every thread but the workers of ours. */
export function ownWorkerInput(): WorkerInput | undefined {
  // Other code starts workers with data of any kind.
  if (isMainThread || typeof workerData !== 'object' || workerData === null) return undefined;
  return Reflect.get(workerData, KEY) as WorkerInput | undefined; // by toWorkerData
}
