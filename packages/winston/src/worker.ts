import { Writable } from 'node:stream';
import { parentPort } from 'node:worker_threads';
import { type Config, createPipeline, type Pipeline, Utf8Pieces } from '@awslogs/core';
import { CLOSE, Frames } from './frame.js';

/** The worker's side: thread-stream calls this with its `workerData`, and writes the frames into the result. */
export default function start({ config }: { readonly config: Config }): Writable {
  return new FrameSink(createPipeline(config, (report) => emitOnMainThread('report', report)));
}

/** https://github.com/pinojs/thread-stream#events */
function emitOnMainThread(name: string, ...args: unknown[]): void {
  parentPort?.postMessage({ code: 'EVENT', name, args });
}

class FrameSink extends Writable {
  readonly #pipeline: Pipeline;
  readonly #frames = new Frames((timestamp, message) => this.#take(timestamp, message));
  readonly #pieces = new Utf8Pieces((piece) => this.#frames.push(piece));

  constructor(pipeline: Pipeline) {
    super({ decodeStrings: false });
    this.#pipeline = pipeline;
  }

  /** thread-stream writes nothing but text. */
  override _write(text: string, _encoding: BufferEncoding, callback: () => void): void {
    this.#pieces.push(text);
    callback();
  }

  #take(timestamp: number, message: Buffer): void {
    if (timestamp === CLOSE) void this.#pipeline.close().then(() => emitOnMainThread('delivered'));
    else this.#pipeline.accept(timestamp, message);
  }

  override _final(callback: () => void): void {
    void this.#pipeline.close().then(callback);
  }

  /** thread-stream's flush waits for it. */
  flush(): Promise<void> {
    return this.#pipeline.flush();
  }
}
