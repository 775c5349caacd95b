import { join } from 'node:path';
import type { Config, Counts, EnvironmentVariables } from '@putlogs/core';
import { type FoundFolder, inspectSpool } from '@putlogs/core/internal';
import { plural } from '@putlogs/core/main-thread';
import { Shipment } from '../delivery/shipment.js';
import { Stall } from '../delivery/stall.js';
import type { Tally } from '../delivery/tally.js';
import { count } from '../terminal/amounts.js';
import type { Progress } from '../terminal/progress.js';
import { type ChangeCounts, type Changes, changeWith, type SentEvents } from './changes.js';

/** A folder of another host's process is watched for ten seconds: if its owner gives no sign of life, it is taken over. */
const WATCH_MS = 15_000;

/** Without any progress it is given up after this time. Nothing is lost: what is not delivered stays on disk. */
const STALLED_MS = 15_000;

const PAUSE_MS = 200;

/** All of a spool, so that nothing has to wait for room. */
const NO_LIMIT = 1024 ** 4;

export interface ReplayOptions {
  readonly config: Config;
  readonly env: EnvironmentVariables;
  readonly changes: Changes;
  /** Events that the service rejects go here. Default: `rejected.ndjson` in the spool. */
  readonly deadLetterFile?: string;
  readonly onProblem: (text: string) => void;
  readonly progress: Progress;
}

export interface ReplayResult extends Tally {
  /** What the service has taken or rejected, by log group and log stream. */
  readonly destinations: readonly SentEvents[];
  readonly rejected: Counts['rejected'];
  readonly dropped: Counts['dropped'];
  /** Events that got the time of their sending. */
  readonly retimed: number;
  readonly deadLetterFile: string;
  /** Folders that still have events: their owners live, or delivery was given up. */
  readonly left: readonly FoundFolder[];
}

/** Sends what processes that have ended left in a spool, as the next process with this spool would. */
export class SpoolReplay {
  readonly #root: string;
  readonly #progress: Progress;
  readonly #deadLetterFile: string;
  readonly #counts: ChangeCounts = { sent: new Map(), retimed: 0 };
  readonly #shipment: Shipment;
  #isStopped = false;

  constructor(root: string, { config, env, changes, deadLetterFile, onProblem, progress }: ReplayOptions) {
    this.#root = root;
    this.#progress = progress;
    this.#deadLetterFile = deadLetterFile ?? config.deadLetterFile ?? join(root, 'rejected.ndjson');
    this.#shipment = new Shipment({
      config: {
        ...config,
        spoolDirectory: root,
        spoolMaxBytes: NO_LIMIT,
        deadLetterFile: this.#deadLetterFile,
        // Nothing that was kept so far is removed for lack of room.
        deadLetterMaxBytes: Number.POSITIVE_INFINITY,
        // Events keep the entity that they have on disk, and there are no others: nothing is to be detected.
        entity: false,
        logStreamName: 'replay',
      },
      env,
      onProblem,
      dependencies: { changeFound: changeWith(changes, this.#counts) },
    });
  }

  /** Ends it. What is not delivered stays on disk. */
  stop(): void {
    this.#isStopped = true;
  }

  async run(): Promise<ReplayResult> {
    await this.#untilDone();
    await this.#shipment.pipeline.close(this.#isStopped ? 0 : undefined);
    const left = (await inspectSpool(this.#root)).filter(hasEvents);
    const { rejected, dropped } = this.#shipment.counts;
    return {
      ...this.#shipment.tally,
      destinations: [...this.#counts.sent.values()],
      rejected,
      dropped,
      retimed: this.#counts.retimed,
      deadLetterFile: this.#deadLetterFile,
      left,
    };
  }

  async #untilDone(): Promise<void> {
    const startedAt = performance.now();
    let [isIdle, settled] = [false, -1];
    const stall = new Stall(STALLED_MS, () => settled);
    while (!this.#isStopped) {
      const lookedAt = performance.now();
      const folders = (await inspectSpool(this.#root)).filter(hasEvents);
      const waiting = folders.filter((folder) => mayBeTaken(folder, lookedAt - startedAt));
      const { pending, accepted, delivered } = this.#shipment.tally;
      const next = waiting.length === 0 ? '' : `, then ${plural(waiting.length, 'folder', 'folders')}`;
      this.#progress.begin(`${count(delivered)} events delivered, ${count(pending)} to go${next}`);
      // A segment that is moved during a look is not seen in either folder, but by the next look.
      const wasIdle = isIdle;
      isIdle = pending === 0 && waiting.length === 0 && !folders.some(isOwn);
      if (isIdle && wasIdle) return;
      settled = accepted - pending + folders.length;
      if (stall.isOver()) return;
      // To look at a large spool takes the disk's time, which delivery needs.
      const pauseMs = Math.max(PAUSE_MS, 5 * (performance.now() - lookedAt));
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}

function hasEvents({ segments }: FoundFolder): boolean {
  return segments.length > 0;
}

/** The folder in which this process keeps what it has taken over. */
function isOwn({ owner, pid }: FoundFolder): boolean {
  return owner === 'running' && pid === process.pid;
}

/** Whether the pipeline may still take the folder over. */
function mayBeTaken({ owner }: FoundFolder, elapsedMs: number): boolean {
  return owner === 'ended' || (owner === 'elsewhere' && elapsedMs < WATCH_MS);
}
