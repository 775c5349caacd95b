import { fstatSync, mkdirSync, openSync, renameSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import sonicBoom from 'sonic-boom';
import type { Reporter } from '../report.js';
import { said } from '../said.js';

type Writer = InstanceType<typeof sonicBoom.SonicBoom>;

/** Where refused events were to go. */
interface LetterAddress {
  readonly logGroupName: string;
  readonly logStreamName: string;
}

/** What may wait for a slow disk. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;

/**
 * A file of events that the service refuses for good, one JSON object a line. When it has half of the bytes that the
 * dead letters may take, it becomes `….1`, whose predecessor goes.
 */
export class DeadLetterFile {
  readonly #path: string;
  readonly #maxBytes: number;
  readonly #reporter: Reporter;
  /** undefined until the first letter, and after a failure. */
  #writer: Writer | undefined;
  #bytes = 0;
  /** Writers that have something left to write. */
  readonly #ending = new Set<Promise<void>>();

  constructor(path: string, maxBytes: number, reporter: Reporter) {
    // The application may change its working directory.
    this.#path = resolve(path);
    this.#maxBytes = maxBytes;
    this.#reporter = reporter;
  }

  /** @param events the JSON of each */
  add(reason: string, { logGroupName, logStreamName }: LetterAddress, events: readonly string[]): void {
    const head = JSON.stringify({ reason, at: new Date().toISOString(), logGroupName, logStreamName });
    try {
      for (const json of events) this.#write(`${head.slice(0, -1)},${json.slice(1)}\n`);
    } catch (error) {
      this.#failed(error);
    }
  }

  #write(line: string): void {
    const bytes = Buffer.byteLength(line);
    this.#writer ??= this.#open();
    if (this.#bytes > 0 && this.#bytes + bytes > this.#maxBytes / 2) {
      this.#rotate();
      this.#writer = this.#open();
    }
    this.#bytes += bytes;
    this.#writer.write(line);
  }

  /** Resolves when all is written, or never will be. */
  async close(): Promise<void> {
    this.#end();
    await Promise.all(this.#ending);
  }

  #open(): Writer {
    mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 });
    const fd = openSync(this.#path, 'a', 0o600);
    this.#bytes = fstatSync(fd).size;
    const writer = new sonicBoom.SonicBoom({ fd, maxLength: MAX_WAITING_BYTES });
    writer.on('error', (error: Error) => {
      this.#failed(error);
      // With the next letter another is opened.
      if (this.#writer === writer) this.#writer = undefined;
      writer.destroy();
    });
    writer.on('drop', () => this.#failed(new Error('the disk does not keep up')));
    return writer;
  }

  #rotate(): void {
    this.#end();
    renameSync(this.#path, `${this.#path}.1`);
  }

  #end(): void {
    const writer = this.#writer;
    this.#writer = undefined;
    if (writer === undefined) return;
    const ending: Promise<void> = new Promise<void>((done) => {
      writer.once('close', done);
      writer.once('error', () => done());
      writer.end();
    }).finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
  }

  #failed(error: unknown): void {
    this.#reporter.problem(
      'dead-letters',
      `Dead letters cannot be written to ${this.#path}. (${said(error)})`,
    );
  }
}
