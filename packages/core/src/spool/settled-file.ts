import { constants } from 'node:fs';
import { appendFile, rm, writeFile } from './file-calls.js';
import { MAX_SEGMENT_BYTES, parseSettledLines, settledLines } from './file-format.js';
import { isMissing, openTrusted, UntrustedError } from './trusted-file.js';

const SUFFIX = '.settled';

/**
 * Resolves when all dead letters that were added before are written, or the disk has refused them. Only then does the
 * copy of a settled batch go: a kill before that loses neither.
 */
export type LettersWritten = () => Promise<unknown>;

/** The file beside a segment with the ids of its settled batches, which are not sent again after a crash. */
export class SettledFile {
  readonly #path: string;
  #unwritten: number[] = [];
  #writing: Promise<void> | undefined;

  constructor(segment: string) {
    this.#path = settledPath(segment);
  }

  add(batch: number): void {
    this.#unwritten.push(batch);
  }

  /**
   * Writes what was added. Ids that are added while this runs are written too. Never rejects.
   * @param failed is called when the disk refuses ids
   * @returns undefined if there is nothing to write, or an earlier call writes it
   */
  write(lettersWritten: LettersWritten, failed: (error: unknown) => void): Promise<void> | undefined {
    if (this.#writing !== undefined || this.#unwritten.length === 0) return undefined;
    this.#writing = this.#write(lettersWritten, failed);
    return this.#writing;
  }

  async #write(lettersWritten: LettersWritten, failed: (error: unknown) => void): Promise<void> {
    while (this.#unwritten.length > 0) {
      const lines = settledLines(this.#unwritten.splice(0));
      await lettersWritten();
      await appendFile(this.#path, lines, { mode: 0o600 }).catch(failed);
    }
    this.#writing = undefined;
  }

  /** Forgets what is not written. */
  clear(): void {
    this.#unwritten = [];
  }

  async remove(): Promise<void> {
    await this.#writing;
    await rm(this.#path, { force: true });
  }
}

export function settledPath(segment: string): string {
  return segment + SUFFIX;
}

/** @returns the ids of the settled batches of a segment; none if there is no file */
export async function readSettled(segment: string): Promise<number[]> {
  const path = settledPath(segment);
  try {
    const file = await openTrusted(path, constants.O_RDONLY);
    try {
      const { size } = await file.stat();
      if (size > MAX_SEGMENT_BYTES) throw new UntrustedError(`${path} is too large`);
      return parseSettledLines(await file.readText());
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** @throws the system's error if the segment has such a file, or it cannot be written */
export async function createSettledFile(segment: string, ids: readonly number[]): Promise<void> {
  if (ids.length > 0) await writeFile(settledPath(segment), settledLines(ids), { flag: 'wx', mode: 0o600 });
}
