import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkFolder } from '@putlogs/core/internal';
import { errorCode } from '@putlogs/core/main-thread';
import { checkLetters } from './dead-letters.js';
import { lettersToSpool, removeUnfinished } from './letters-to-spool.js';
import { ReplayLock } from './replay-lock.js';
import { type ReplayOptions, type ReplayResult, SpoolReplay } from './spool-replay.js';

/** A process that writes opens the file anew each time. One that has it open now has written soon. */
const WRITER_MS = 1000;

const LETTERS = /\.letters$/;

export interface FileReplayResult extends ReplayResult {
  /** Lines that are not dead letters. They are in the folder `<file>.replay`. */
  readonly unreadable: number;
}

/**
 * Sends a dead-letter file. The file is taken away first, so that a process that still writes begins a new one; its events
 * wait in a spool beside it, `<file>.replay`, until they are delivered. What is refused again goes back into the file.
 */
export class FileReplay {
  readonly #file: string;
  readonly #root: string;
  readonly #options: ReplayOptions;
  #replay: SpoolReplay | undefined;
  #isStopped = false;

  constructor(file: string, options: ReplayOptions) {
    this.#file = file;
    this.#root = `${file}.replay`;
    this.#options = options;
  }

  stop(): void {
    this.#isStopped = true;
    this.#replay?.stop();
  }

  /** @throws if another call replays the same file */
  async run(): Promise<FileReplayResult> {
    const { progress } = this.#options;
    progress.begin('Looking for another replay of this file');
    const lock = await ReplayLock.take(this.#root, () => this.stop());
    try {
      return await this.#run();
    } finally {
      // Fails if something is left.
      await rmdir(this.#root).catch(() => undefined);
      await lock.release();
    }
  }

  async #run(): Promise<FileReplayResult> {
    const { changes, progress } = this.#options;
    progress.begin('Reading dead letters');
    const isThere = await hasContent(this.#file);
    if (isThere) await checkLetters(this.#file);
    await mkdir(this.#root, { recursive: true, mode: 0o700 });
    await checkFolder(this.#root);
    await removeUnfinished(this.#root);
    if (isThere) await rename(this.#file, join(this.#root, `${randomUUID()}.letters`));
    await sleep(WRITER_MS);
    let [retimed, unreadable] = [0, 0];
    for (const name of (await readdir(this.#root)).filter((one) => LETTERS.test(one))) {
      const converted = await lettersToSpool(join(this.#root, name), this.#root, changes.now);
      retimed += converted.retimed;
      unreadable += converted.unreadable;
    }
    this.#replay = new SpoolReplay(this.#root, { ...this.#options, deadLetterFile: this.#file });
    if (this.#isStopped) this.#replay.stop();
    const result = await this.#replay.run();
    return { ...result, retimed: result.retimed + retimed, unreadable };
  }
}

async function hasContent(path: string): Promise<boolean> {
  return stat(path).then(
    ({ size }) => size > 0,
    (error) => {
      if (errorCode(error) === 'ENOENT') return false;
      throw error;
    },
  );
}
