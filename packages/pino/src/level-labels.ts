import { PINO_LEVELS } from '@putlogs/core/main-thread';

/** The name of each numeric level. */
type Labels = Readonly<Record<string, string>>;

/** Pino writes the level first, unless a formatter or a mixin changes that. */
const HEAD = /^\{"level":(\d+)(?=[,}])/;

/** Longer than any head. */
const HEAD_BYTES = 32;

/** Writes the numeric level at the front of a line as its name, without parsing the line. */
export class LevelLabels {
  #labels: Labels = PINO_LEVELS;

  /** @param labels those of a Pino logger, with the application's own levels; anything else is ignored */
  use(labels: unknown): void {
    if (typeof labels === 'object' && labels !== null) this.#labels = labels as Labels; // Pino makes it
  }

  inText(line: string): string {
    const head = HEAD.exec(line);
    const label = this.#labelOf(head);
    return label === undefined ? line : label + line.slice(head?.[0].length);
  }

  inBytes(line: Buffer): Buffer {
    const head = HEAD.exec(line.toString('latin1', 0, HEAD_BYTES));
    const label = this.#labelOf(head);
    return label === undefined ? line : Buffer.concat([Buffer.from(label), line.subarray(head?.[0].length)]);
  }

  /** @returns the new beginning of the line */
  #labelOf(head: RegExpExecArray | null): string | undefined {
    const level = head?.[1];
    const label = level === undefined ? undefined : this.#labels[level];
    return typeof label === 'string' ? `{"level":${JSON.stringify(label)}` : undefined;
  }
}
