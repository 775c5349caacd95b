import { fstatSync, mkdirSync, openSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import sonicBoom from 'sonic-boom';
import type { Reporter } from '../report.js';

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

  constructor(path: string, maxBytes: number, reporter: Reporter) {
    this.#path = path;
    this.#maxBytes = maxBytes;
    this.#reporter = reporter;
  }

  /** @param events the JSON of each */
  add(reason: string, { logGroupName, logStreamName }: LetterAddress, events: readonly string[]): void {
    const head = JSON.stringify({ reason, at: new Date().toISOString(), logGroupName, logStreamName });
    const lines = events.map((json) => `${head.slice(0, -1)},${json.slice(1)}\n`).join('');
    const bytes = Buffer.byteLength(lines);
    try {
      this.#writer ??= this.#open();
      if (this.#bytes > 0 && this.#bytes + bytes > this.#maxBytes / 2)
        this.#writer = this.#rotate(this.#writer);
      this.#bytes += bytes;
      this.#writer.write(lines);
    } catch (error) {
      this.#failed(error);
    }
  }

  /** Resolves when all is written, or never will be. */
  async close(): Promise<void> {
    const writer = this.#writer;
    if (writer === undefined) return;
    await new Promise((resolve) => {
      writer.once('close', resolve);
      writer.once('error', resolve);
      writer.end();
    });
  }

  #open(): Writer {
    mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 });
    const fd = openSync(this.#path, 'a', 0o600);
    this.#bytes = fstatSync(fd).size;
    const writer = new sonicBoom.SonicBoom({ fd, maxLength: MAX_WAITING_BYTES });
    writer.on('error', (error: Error) => this.#failed(error));
    writer.on('drop', () => this.#failed(new Error('the disk does not keep up')));
    return writer;
  }

  #rotate(writer: Writer): Writer {
    writer.end();
    renameSync(this.#path, `${this.#path}.1`);
    return this.#open();
  }

  #failed(error: unknown): void {
    const said = error instanceof Error ? error.message : String(error);
    this.#reporter.problem('dead-letters', `Dead letters cannot be written to ${this.#path}. (${said})`);
  }
}
