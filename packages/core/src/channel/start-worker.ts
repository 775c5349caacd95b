import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
// biome-ignore lint/style/useNodejsImportProtocol: webpack recognises a worker by this import and bundles its file.
import { Worker, type WorkerOptions } from 'worker_threads';

/** The name is our own, since an application may have a `worker.js` beside its bundle. */
const NAME = 'putlogs-worker';
const PUBLISHED = './putlogs-worker.js';
const EXTENSIONS = ['.js', '.mjs', '.cjs'];

/**
 * Starts the worker of this package, or the one beside the bundle that this file is in.
 * @throws if it is missing. An exit of the process that comes before Node's own error would wait for the worker in vain.
 */
export function startWorker(options: WorkerOptions): Worker {
  const own = ownFile();
  const found = workerIn(dirname(own));
  if (found === undefined && existsSync(own))
    throw new Error(`${join(dirname(own), NAME)}.js does not exist`);
  if (found !== undefined && !isPublished(found)) return startFile(found, options);
  // webpack and Rspack recognise this expression and bundle the worker's file. For them `import.meta.url` is the file's place
  // before it was bundled.
  return new Worker(new URL('./putlogs-worker.js', import.meta.url), options);
}

/** From `new Worker(file)`, Turbopack would guess that any file in this folder is a worker, and build the declarations too. */
function startFile(file: string, options: WorkerOptions): Worker {
  return Reflect.construct(Worker, [file, options]);
}

/** Where bundlers turn ES modules into CommonJS, `import.meta` may be empty. */
function ownFile(): string {
  const url: string | undefined = import.meta.url;
  return url === undefined ? __filename : fileURLToPath(url);
}

function workerIn(folder: string): string | undefined {
  return [PUBLISHED, ...EXTENSIONS.map((extension) => NAME + extension)]
    .map((name) => join(folder, name))
    .find((file) => existsSync(file));
}

function isPublished(file: string): boolean {
  return import.meta.url !== undefined && file.endsWith(PUBLISHED.slice(1));
}
