import type { Config, Pipeline } from '@putlogs/core';
import { recordShareOfBuffer } from '@putlogs/core/main-thread';
import { LevelLabels, LineSplitter, timeOf } from '@putlogs/pino/internal';

/** A record of several lines is complete when no line has come for this long. */
const QUIET_MS = 1000;

const NEWLINE = Buffer.from('\n');

/** The size of the buffer for a record: at first, and again after a record that needed more. */
const INITIAL_BYTES = 16 * 1024;
const MAX_RETAINED_BYTES = 256 * 1024;

interface AssemblerOptions {
  readonly config: Config;
  /** What the first line of a record looks like. undefined: each line is a record. */
  readonly firstLine: RegExp | undefined;
}

/** Makes records of the bytes of one stream: a line each, or several lines that belong together. */
export class RecordAssembler {
  readonly #pipeline: Pick<Pipeline, 'accept'>;
  readonly #firstLine: RegExp | undefined;
  readonly #maxBytes: number;
  readonly #labels: LevelLabels | undefined;
  readonly #splitter: LineSplitter;
  /** Holds the lines of the record that may go on, with their newlines. */
  #buffer = Buffer.allocUnsafeSlow(INITIAL_BYTES);
  #bytes = 0;
  /** Whether a record may go on. */
  #isOpen = false;
  #omittedBytes = 0;
  #readAt = 0;
  #timer: NodeJS.Timeout | undefined;
  /** When the last line came. */
  #quietSince = 0;

  constructor(pipeline: Pick<Pipeline, 'accept'>, { config, firstLine }: AssemblerOptions) {
    this.#pipeline = pipeline;
    this.#firstLine = firstLine;
    this.#maxBytes = recordShareOfBuffer(config);
    if (config.levelLabels) this.#labels = new LevelLabels();
    this.#splitter = new LineSplitter((line, omitted) => this.#addLine(line, omitted), this.#maxBytes);
  }

  push(chunk: Buffer): void {
    this.#splitter.push(chunk);
  }

  /** While nothing is read, it is not known that no line comes. */
  async whilePaused(pause: Promise<void>): Promise<void> {
    clearTimeout(this.#timer);
    await pause;
    if (this.#isOpen) this.#awaitLine();
  }

  /** Passes on the last record, which may have no newline. */
  end(): void {
    this.#splitter.end();
    this.#finish();
  }

  #addLine(line: Buffer, omittedBytes: number): void {
    if (this.#firstLine === undefined) {
      this.#accept(line, omittedBytes, Date.now());
      return;
    }
    if (this.#isOpen && !this.#firstLine.test(line.toString())) this.#continue(line, omittedBytes);
    else this.#begin(line, omittedBytes);
  }

  #begin(line: Buffer, omittedBytes: number): void {
    this.#finish();
    this.#readAt = Date.now();
    this.#isOpen = true;
    this.#omittedBytes = omittedBytes;
    this.#append(line);
    this.#awaitLine();
  }

  #continue(line: Buffer, omittedBytes: number): void {
    this.#quietSince = performance.now();
    this.#timer?.refresh();
    const bytes = NEWLINE.length + line.length;
    if (this.#omittedBytes > 0 || this.#bytes + bytes > this.#maxBytes) {
      this.#omittedBytes += bytes + omittedBytes;
      return;
    }
    this.#append(NEWLINE);
    this.#append(line);
    this.#omittedBytes += omittedBytes;
  }

  /** Copies: the line is a view of the splitter's memory. */
  #append(bytes: Buffer): void {
    const needed = this.#bytes + bytes.length;
    if (needed > this.#buffer.length) {
      const larger = Buffer.allocUnsafeSlow(
        Math.max(needed, Math.min(2 * this.#buffer.length, this.#maxBytes)),
      );
      this.#buffer.copy(larger, 0, 0, this.#bytes);
      this.#buffer = larger;
    }
    this.#bytes += bytes.copy(this.#buffer, this.#bytes);
  }

  #awaitLine(): void {
    this.#quietSince = performance.now();
    this.#timer = setTimeout(() => this.#quiet(), QUIET_MS);
  }

  #quiet(): void {
    // This program itself stood still, as when a terminal takes no copy: lines may wait to be read.
    const isLate = performance.now() - this.#quietSince > 1.5 * QUIET_MS;
    if (isLate) this.#awaitLine();
    else this.#finish();
  }

  #finish(): void {
    clearTimeout(this.#timer);
    if (!this.#isOpen) return;
    this.#accept(this.#buffer.subarray(0, this.#bytes), this.#omittedBytes, this.#readAt);
    this.#isOpen = false;
    this.#bytes = 0;
    if (this.#buffer.length > MAX_RETAINED_BYTES) this.#buffer = Buffer.allocUnsafeSlow(INITIAL_BYTES);
  }

  #accept(record: Buffer, omittedBytes: number, readAt: number): void {
    const labelled = this.#labels?.inBytes(record) ?? record;
    this.#pipeline.accept(readAt, labelled, timeOf(record, readAt), omittedBytes);
  }
}
