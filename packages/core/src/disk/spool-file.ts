import { openSync, writeSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import sonicBoom from 'sonic-boom';
import { Batch } from '../batch/batch.js';
import { timestampOf } from '../batch/event.js';
import { readSpoolText, type SpoolHead, writeSpoolText } from './spool-format.js';

/** What a file tells the spool. */
export interface SpoolFileEvents {
  /** So many bytes more, or less, are on disk. */
  sized(bytes: number): void;
  /** The disk failed: what the file holds is in memory alone. */
  failed(error: unknown): void;
  /** Something is under way that should end before the process does. */
  busy(work: Promise<void>): void;
}

/** sonic-boom's types leave out that in the content mode "buffer" it takes Buffers. */
type Writer = Omit<InstanceType<typeof sonicBoom.SonicBoom>, 'write'> & { write(data: Buffer): boolean };

/**
 * A batch on disk: a line that says where it goes, then a line for each event, in the order in which they came.
 * It is there until each of its events has found its fate.
 */
export class SpoolFile {
  readonly #path: string;
  readonly #events: SpoolFileEvents;
  /** undefined when nothing is written any more: the file was found, or the disk failed. */
  #writer: Writer | undefined;
  #isWritten = false;
  #written: Promise<boolean> = Promise.resolve(true);
  /** Lines of this turn of the event loop, which go to the disk together. */
  #lines: string[] = [];
  #bytes = 0;
  #unsettled = 0;

  private constructor(path: string, events: SpoolFileEvents) {
    this.#path = path;
    this.#events = events;
  }

  /** @throws the system's error when the file cannot be made */
  static create(path: string, head: SpoolHead, events: SpoolFileEvents): SpoolFile {
    const fd = openSync(path, 'ax', 0o600);
    const line = Buffer.from(writeSpoolText(head, []));
    writeSync(fd, line);
    const writer = new sonicBoom.SonicBoom({ fd, contentMode: 'buffer' }) as unknown as Writer;
    const file = new SpoolFile(path, events);
    file.#writer = writer;
    file.#grow(line.length);
    file.#written = new Promise((resolve) => {
      writer.once('close', () => {
        file.#isWritten = file.#writer !== undefined;
        resolve(file.#isWritten);
      });
    });
    writer.on('error', (error: Error) => file.#giveUp(error));
    return file;
  }

  /** One that an earlier process wrote. */
  static found(path: string, size: number, bytes: number, events: SpoolFileEvents): SpoolFile {
    const file = new SpoolFile(path, events);
    file.#isWritten = true;
    file.#unsettled = size;
    file.#grow(bytes);
    return file;
  }

  /** Whether all is on disk by now. */
  get isWritten(): boolean {
    return this.#isWritten;
  }

  /** Whether all is on disk: resolves when that is known. */
  get written(): Promise<boolean> {
    return this.#written;
  }

  append(json: string): void {
    this.#unsettled++;
    if (this.#writer === undefined) return;
    if (this.#lines.length === 0) queueMicrotask(() => this.#writeLines());
    this.#lines.push(json);
  }

  /** No more events will come. */
  seal(): void {
    this.#writeLines();
    this.#writer?.end();
  }

  /** @throws the system's error when it cannot be read */
  async read(): Promise<Batch> {
    const { events } = readSpoolText(await readFile(this.#path, 'utf8'));
    return Batch.of(events.map((json) => ({ timestamp: timestampOf(json), json })));
  }

  /** So many of the events have found their fate: with the last of them the file goes. */
  settle(events: number): void {
    this.#unsettled -= events;
    if (this.#unsettled > 0) return;
    this.#grow(-this.#bytes);
    this.#events.busy(this.#written.then(() => this.#remove()));
  }

  #remove(): Promise<void> {
    return rm(this.#path, { force: true }).catch(this.#events.failed);
  }

  #writeLines(): void {
    if (this.#lines.length === 0) return;
    const data = Buffer.from(`${this.#lines.join('\n')}\n`);
    this.#lines = [];
    if (this.#writer === undefined) return;
    this.#writer.write(data);
    this.#grow(data.length);
  }

  /** The batch goes on in memory. What is on disk of it would be sent a second time by whoever finds it. */
  #giveUp(error: Error): void {
    const writer = this.#writer;
    if (writer === undefined) return;
    this.#writer = undefined;
    this.#events.failed(error);
    writer.destroy();
    this.#grow(-this.#bytes);
    this.#events.busy(this.#remove());
  }

  #grow(bytes: number): void {
    this.#bytes += bytes;
    this.#events.sized(bytes);
  }
}
