import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import sonicBoom from 'sonic-boom';
import { Batch } from '../batch/batch.js';
import type { Source } from '../batch/open-batches.js';
import { type SpoolHead, writeSpoolText } from './spool-format.js';

/** What a file tells the spool. */
export interface SpoolFileEvents {
  /** So many bytes more, or less, are taken by files. */
  sized(bytes: number): void;
  /** A file gets no more: until it is closed, behind an fsync, it holds a descriptor, and memory. */
  ended(bytes: number): void;
  closed(bytes: number): void;
  /** The disk failed: what the file holds is in memory alone. */
  failed(error: unknown): void;
  /** Something is under way that should end before the process does. */
  busy(work: Promise<void>): void;
}

/** sonic-boom's types leave out that in the content mode "buffer" it takes Buffers. */
type Writer = Omit<InstanceType<typeof sonicBoom.SonicBoom>, 'write'> & { write(data: Buffer): boolean };

/**
 * What a file counts for. A small one takes more of the disk than it holds, and a kilobyte of memory as long as it is there:
 * what bounds the bytes has to bound the files.
 */
export function roomOf(bytes: number): number {
  return bytes === 0 ? 0 : Math.max(bytes, MIN_ROOM_BYTES);
}

const MIN_ROOM_BYTES = 8192;

/**
 * A batch on disk: a line that says where it goes, then a line for each event, in the order in which they came.
 * It is there until each of its events has found its fate.
 */
export class SpoolFile {
  /** undefined until it is opened. */
  #path: string | undefined;
  readonly #events: SpoolFileEvents;
  /** Only until it has closed: it holds what it wrote last in memory, which may be the whole batch. */
  #writer: Writer | undefined;
  #state: 'writing' | 'written' | 'given up' = 'writing';
  #known: (isWritten: boolean) => void = () => undefined;
  readonly #written = new Promise<boolean>((resolve) => {
    this.#known = resolve;
  });
  #isOpen = false;
  /** Has events that are not written yet, and is let go of with them. Those of a turn of the event loop go together. */
  #source: Source | undefined;
  #bytes = 0;
  /** Of them those that the system has not taken yet. */
  #unwritten = 0;
  #isSealed = false;
  /** What it had when it was told to close. */
  #endedBytes: number | undefined;
  #unsettled = 0;

  /** It is not on disk before it is opened: until then it keeps what is appended. */
  constructor(events: SpoolFileEvents) {
    this.#events = events;
  }

  /** Never throws: when the file cannot be made, the batch goes on in memory. */
  open(path: string, head: () => SpoolHead): void {
    if (this.#state !== 'writing') return; // its events have found their fate already
    try {
      this.#writer = this.#makeWriter(path, writeSpoolText(head(), []));
      this.#path = path;
    } catch (error) {
      this.#refuse(error);
      return;
    }
    this.#isOpen = true;
    this.#writeNew();
    if (this.#isSealed) this.seal();
  }

  /** @throws the system's error when the file cannot be made */
  #makeWriter(path: string, firstLine: string): Writer {
    const line = Buffer.from(firstLine);
    const fd = openSync(path, 'ax', 0o600);
    try {
      writeSync(fd, line);
    } catch (error) {
      closeSync(fd);
      rmSync(path, { force: true });
      throw error;
    }
    const writer = new sonicBoom.SonicBoom({ fd, contentMode: 'buffer' }) as unknown as Writer;
    const over = () => this.#closed(writer);
    writer.on('error', (error: Error) => {
      if (this.#state === 'writing') {
        this.#refuse(error);
        return;
      }
      // All was taken, and closing the file failed: no 'close' comes.
      this.#events.failed(error);
      over();
    });
    // Not only when the disk has confirmed it, which may take long: what was written outlives the process all the same.
    writer.on('write', (bytes: number) => {
      this.#unwritten -= bytes;
      this.#lookWhetherWritten();
    });
    writer.once('close', over);
    this.#grow(line.length);
    return writer;
  }

  /** One that an earlier process wrote. */
  static found(path: string, size: number, bytes: number, events: SpoolFileEvents): SpoolFile {
    const file = new SpoolFile(events);
    file.#path = path;
    file.#becomeWritten();
    file.#unsettled = size;
    file.#grow(bytes);
    return file;
  }

  /** Whether the disk has it, or is about to. */
  get isKept(): boolean {
    return this.#state !== 'given up';
  }

  /** Whether all is on disk by now. */
  get isWritten(): boolean {
    return this.#state === 'written';
  }

  /** Whether all is on disk: resolves when that is known. */
  get written(): Promise<boolean> {
    return this.#written;
  }

  append(source: Source): void {
    this.#unsettled++;
    if (this.#state !== 'writing' || this.#source !== undefined) return;
    this.#source = source;
    queueMicrotask(() => this.#writeNew());
  }

  /** No more events will come. */
  seal(): void {
    this.#writeNew();
    this.#isSealed = true;
    if (this.#state === 'writing' && this.#writer !== undefined) {
      this.#endedBytes = this.#bytes;
      this.#events.ended(this.#endedBytes);
      this.#writer.end();
    }
    this.#lookWhetherWritten();
  }

  #closed(writer: Writer): void {
    if (this.#writer !== writer) return;
    this.#writer = undefined;
    if (this.#endedBytes !== undefined) this.#events.closed(this.#endedBytes);
  }

  /** @throws the system's error when it cannot be read */
  async read(): Promise<Batch> {
    if (this.#path === undefined) throw new Error('the file was never opened');
    const data = await readFile(this.#path);
    // Nobody else has anything to do there: that it is whole is all that is looked at.
    if (data.length !== this.#bytes)
      throw new Error(`${data.length} bytes where ${this.#bytes} were written`);
    return Batch.ofLines(data.subarray(data.indexOf('\n') + 1));
  }

  /** So many of the events have found their fate: with the last of them the file goes, written or not. */
  settle(events: number): void {
    this.#unsettled -= events;
    if (this.#unsettled === 0) this.#giveUp();
  }

  #lookWhetherWritten(): void {
    if (this.#isOpen && this.#isSealed && this.#unwritten === 0) this.#becomeWritten();
  }

  #becomeWritten(): void {
    if (this.#state !== 'writing') return;
    this.#state = 'written';
    this.#known(true);
  }

  #writeNew(): void {
    if (!this.#isOpen || this.#source === undefined) return;
    const data = this.#source.takeNew();
    this.#source = undefined;
    this.#grow(data.length);
    this.#unwritten += data.length;
    this.#writer?.write(data);
  }

  /** The batch goes on in memory. What is on disk of it would be sent a second time by whoever finds it. */
  #refuse(error: unknown): void {
    if (this.#state !== 'writing') return;
    this.#giveUp();
    this.#events.failed(error);
  }

  #giveUp(): void {
    if (this.#state === 'given up') return;
    const wasWriting = this.#state === 'writing';
    this.#state = 'given up';
    this.#known(false);
    this.#source = undefined;
    if (wasWriting) this.#writer?.destroy();
    this.#grow(-this.#bytes);
    if (this.#path !== undefined)
      this.#events.busy(rm(this.#path, { force: true }).catch(this.#events.failed));
  }

  #grow(bytes: number): void {
    const before = roomOf(this.#bytes);
    this.#bytes += bytes;
    this.#events.sized(roomOf(this.#bytes) - before);
  }
}
