import { isMainThread, workerData } from 'node:worker_threads';
import type { Config } from '../config/options.js';
import type { Report } from '../reporting/report-types.js';

/** A request that the main thread posts. The worker handles it after the records that were posted before it. */
export type WorkerRequest =
  | { readonly kind: 'flush'; readonly id: number }
  | { readonly kind: 'close'; readonly timeoutMs: number };

/** What the main thread posts: frames of records, or a request. */
export type ToWorker = Uint8Array | WorkerRequest;

/** What the worker posts. */
export type FromWorker =
  | { readonly kind: 'started' }
  | { readonly kind: 'report'; readonly report: Report }
  | { readonly kind: 'received' }
  | { readonly kind: 'flushed'; readonly id: number }
  | { readonly kind: 'closed' };

/** The data that one of our workers starts with. */
export interface WorkerInput {
  readonly config: Config;
  /** The memory of its `WorkerProgress`. */
  readonly progress: SharedArrayBuffer;
  /** The memory of its `Counters`. */
  readonly counters: SharedArrayBuffer;
}

const KEY = 'putlogs.worker';

export function toWorkerData(input: WorkerInput): object {
  return { [KEY]: input };
}

/** @returns undefined in every thread except our workers */
export function ownWorkerInput(): WorkerInput | undefined {
  // Other code starts workers with data of any type.
  if (isMainThread || typeof workerData !== 'object' || workerData === null) return undefined;
  return Reflect.get(workerData, KEY) as WorkerInput | undefined; // set by toWorkerData
}
