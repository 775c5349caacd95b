import { Writable } from 'node:stream';
import { parentPort } from 'node:worker_threads';
import { type Config, createPipeline, type Pipeline } from '@awslogs/core';
import { CLOSE, decodeLine } from './line.js';

/** The worker's side: thread-stream calls this with its `workerData`, and writes the lines into the result. */
export default function start({ config }: { readonly config: Config }): Writable {
  return new LineSink(createPipeline(config, (report) => emitOnMainThread('report', report)));
}

/** https://github.com/pinojs/thread-stream#events */
function emitOnMainThread(name: string, ...args: unknown[]): void {
  parentPort?.postMessage({ code: 'EVENT', name, args });
}

class LineSink extends Writable {
  readonly #pipeline: Pipeline;
  /** The beginning of a line whose end has not come yet. */
  #rest = '';

  constructor(pipeline: Pipeline) {
    super({ decodeStrings: false });
    this.#pipeline = pipeline;
  }

  override _write(chunk: string, _encoding: BufferEncoding, callback: () => void): void {
    const lines = (this.#rest + chunk).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#take(line);
    callback();
  }

  #take(line: string): void {
    if (line === CLOSE) {
      void this.#pipeline.close().then(() => emitOnMainThread('delivered'));
      return;
    }
    const { timestamp, message } = decodeLine(line);
    this.#pipeline.accept(timestamp, message);
  }

  override _final(callback: () => void): void {
    void this.#pipeline.close().then(callback);
  }

  /** thread-stream's flush waits for it. */
  flush(): Promise<void> {
    return this.#pipeline.flush();
  }
}
