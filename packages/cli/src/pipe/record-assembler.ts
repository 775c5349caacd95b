import type { Config, Pipeline } from '@putlogs/core';
import { recordShareOfBuffer } from '@putlogs/core/main-thread';
import { LevelLabels, LineSplitter, timeOf } from '@putlogs/pino/internal';

/** A record of several lines is complete when no line has come for this long. */
const QUIET_MS = 1000;

const NEWLINE = Buffer.from('\n');

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
  /** The lines of the record that may go on, with their newlines. */
  #lines: Buffer[] = [];
  #bytes = 0;
  #omittedBytes = 0;
  #readAt = 0;
  #timer: NodeJS.Timeout | undefined;

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
    if (this.#lines.length > 0 && !this.#firstLine.test(line.toString())) this.#continue(line, omittedBytes);
    else this.#begin(line, omittedBytes);
  }

  #begin(line: Buffer, omittedBytes: number): void {
    this.#finish();
    this.#readAt = Date.now();
    // A copy: the line is a view of the splitter's memory.
    this.#lines = [Buffer.from(line)];
    this.#bytes = line.length;
    this.#omittedBytes = omittedBytes;
    this.#timer = setTimeout(() => this.#finish(), QUIET_MS);
  }

  #continue(line: Buffer, omittedBytes: number): void {
    this.#timer?.refresh();
    const bytes = NEWLINE.length + line.length;
    if (this.#omittedBytes > 0 || this.#bytes + bytes > this.#maxBytes) {
      this.#omittedBytes += bytes + omittedBytes;
      return;
    }
    this.#lines.push(NEWLINE, Buffer.from(line));
    this.#bytes += bytes;
    this.#omittedBytes += omittedBytes;
  }

  #finish(): void {
    clearTimeout(this.#timer);
    if (this.#lines.length === 0) return;
    const record = Buffer.concat(this.#lines);
    this.#lines = [];
    this.#accept(record, this.#omittedBytes, this.#readAt);
  }

  #accept(record: Buffer, omittedBytes: number, readAt: number): void {
    const labelled = this.#labels?.inBytes(record) ?? record;
    this.#pipeline.accept(readAt, labelled, timeOf(record, readAt), omittedBytes);
  }
}
