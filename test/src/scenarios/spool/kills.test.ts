import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Local, seededRandom } from '@putlogs/local';
import test, { type ExecutionContext } from 'ava';
import { Arrivals, recordsOf } from '../../support/arrivals.js';
import { runFixture } from '../../support/child.js';
import { range, startLocal } from '../../support/harness.js';
import { filesIn, spoolFolder } from '../../support/spool-folder.js';

// TEST_KILLS=200 makes a long run, TEST_SEED=… repeats an earlier one.
const KILLS = Number(process.env.TEST_KILLS ?? 12);
const SEED = Number(process.env.TEST_SEED ?? Math.trunc(Math.random() * 1e9));

const MAX_IN_FLIGHT = 4;

/** Each has a log stream, so that batches share segments, and scattered ones are written again. */
const TENANTS = 20;
const LAST_RECORDS = 500;

/** A process that is killed during its start and its recovery lives this long after its first output. */
const MAX_START_MS = 600;

/** Any other process lives this long after its first records were seen on disk. */
const MAX_LIFE_MS = 600;

/** A process whose records do not come to the disk within this time fails the test. */
const DEADLINE_MS = 60_000;

const POLL_MS = 10;

/** The quarantine file, for torn lines. */
const CORRUPT = 'corrupt.ndjson';

for (const logger of ['pino', 'pino stream', 'winston']) {
  test.serial(`${logger}: records seen on disk arrive, however often the process is killed`, async (t) => {
    t.timeout(120_000 + KILLS * 10_000);
    const arrivals = new Arrivals();
    const strays: string[] = [];
    const local = await startLocal(t, {
      keepEvents: false,
      random: seededRandom(SEED + 1),
      onPut: (put) => {
        arrivals.add(put);
        for (const number of put.events.flatMap(({ message }) => recordsOf(message)))
          if (put.logStreamName !== `tenant-${number % TENANTS}`)
            strays.push(`record ${number} in ${put.logStreamName}`);
      },
    });
    // So that batches wait, and kills come during pauses too.
    local.fault({ kind: 'throttle', share: 0.2 });
    const folder = spoolFolder(t);
    const { firsts, onDisk } = await killRepeatedly(t, local, logger, folder);
    const first = firsts.at(-1) ?? 0;
    const end = first + LAST_RECORDS;
    const { code, stderr } = await runFixture(
      local,
      'steady.js',
      [logger, `${first}`, `${end}`, `${TENANTS}`],
      {
        env: environment(folder),
      },
    );
    t.is(code, 0, stderr);

    const seed = `TEST_SEED=${SEED}`;
    t.deepEqual(strays.slice(0, 20), [], `no record is in the log stream of another tenant, ${seed}`);
    const isMissing = (number: number) => arrivals.timesOf(number) === 0;
    const lived = firsts.filter((from, i) => i % 2 === 1 && hasAny(onDisk, from, firsts[i + 1] ?? -1));
    t.is(lived.length, Math.floor(KILLS / 2), `every other process had records on disk, ${seed}`);
    t.deepEqual([...onDisk].filter(isMissing).slice(0, 20), [], seed);
    t.deepEqual(numbers(first, end).filter(isMissing).slice(0, 20), [], 'records of the last process');
    // Batches in flight, and delivered batches whose ids were not written yet.
    t.true(
      arrivals.doubledPuts <= KILLS * (MAX_IN_FLIGHT + TENANTS),
      `${arrivals.doubledPuts} batches arrived twice, ${seed}`,
    );
    const torn = linesOf(join(folder, CORRUPT)).length;
    t.true(torn <= KILLS, `${torn} torn lines, ${seed}`);
    t.deepEqual(
      readdirSync(folder).filter((name) => name !== CORRUPT),
      [],
      seed,
    );

    const lost = numbers(0, end).filter(isMissing).length;
    const holes = firsts.flatMap((from, i) => holesIn(numbers(from, firsts[i + 1] ?? end), isMissing)).length;
    t.log(
      `${KILLS} kills, ${seed}: ${end} records logged, ${onDisk.size} seen on disk, ${end - lost} arrived; ` +
        `${arrivals.doubled} in ${arrivals.doubledPuts} batches once more; ${lost} had not reached the disk, ` +
        `${holes} of them before one that had; ${torn} torn lines`,
    );
  });
}

interface Killed {
  /** The number of the first record of each process, and the number after the last record. */
  readonly firsts: readonly number[];
  /** The records that were seen on disk. */
  readonly onDisk: ReadonlySet<number>;
}

async function killRepeatedly(
  t: ExecutionContext,
  local: Local,
  logger: string,
  folder: string,
): Promise<Killed> {
  const random = seededRandom(SEED);
  const firsts = [0];
  const seen = new RecordsOnDisk(folder);
  for (const turn of range(KILLS)) {
    const first = firsts.at(-1) ?? 0;
    // Every other process is killed during its start, whether or not it has written anything.
    const hasBegun = () => turn % 2 === 0 || seen.latest >= first;
    const lifeMs = random() * (turn % 2 === 0 ? MAX_START_MS : MAX_LIFE_MS);
    let life: Promise<void> | undefined;
    const { signal, stdout, stderr } = await runFixture(
      local,
      'steady.js',
      [logger, `${first}`, 'Infinity', `${TENANTS}`],
      {
        env: environment(folder),
        onOutput: (child) => {
          life ??= killAfter(child, hasBegun, lifeMs, () => seen.look());
        },
      },
    );
    t.is(signal, 'SIGKILL', stderr);
    await life;
    seen.look();
    if (!hasBegun()) throw new Error(`no record of process ${turn} came to the disk, TEST_SEED=${SEED}`);
    firsts.push(Number(stdout.trimEnd().split('\n').at(-1)));
  }
  return { firsts, onDisk: seen.numbers };
}

async function killAfter(
  child: ChildProcess,
  hasBegun: () => boolean,
  ms: number,
  poll: () => void,
): Promise<void> {
  const begun = performance.now();
  let end = Number.POSITIVE_INFINITY;
  while (performance.now() < end && performance.now() - begun < DEADLINE_MS) {
    await sleep(POLL_MS);
    poll();
    if (end === Number.POSITIVE_INFINITY && hasBegun()) end = performance.now() + ms;
  }
  child.kill('SIGKILL');
}

function hasAny(numbers: ReadonlySet<number>, from: number, to: number): boolean {
  for (const number of numbers) if (number >= from && number < to) return true;
  return false;
}

function environment(folder: string): Record<string, string> {
  return {
    PUTLOGS_SPOOL_DIRECTORY: folder,
    PUTLOGS_FLUSH_INTERVAL_MS: '100',
    PUTLOGS_LOG_STREAM_NAME: 'tenant-{record.tenant}',
    PUTLOGS_MAX_IN_FLIGHT: `${MAX_IN_FLIGHT}`,
  };
}

/** The records of which a complete line was seen on disk. Of each file, only what was appended since is read. */
class RecordsOnDisk {
  readonly numbers = new Set<number>();
  latest = -1;
  readonly #folder: string;
  readonly #readTo = new Map<string, number>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  look(): void {
    for (const file of unlessGone(() => filesIn(this.#folder), []))
      for (const number of recordsOf(unlessGone(() => this.#newLinesOf(file), ''))) this.#add(number);
  }

  #add(number: number): void {
    this.numbers.add(number);
    this.latest = Math.max(this.latest, number);
  }

  #newLinesOf(file: string): string {
    const { size } = statSync(file);
    const from = this.#readTo.get(file) ?? 0;
    if (size === from) return '';
    // A torn line may have been cut off.
    if (size < from) {
      this.#readTo.delete(file);
      return this.#newLinesOf(file);
    }
    const bytes = readBytes(file, from, size - from);
    const end = bytes.lastIndexOf('\n') + 1;
    this.#readTo.set(file, from + end);
    return bytes.toString('utf8', 0, end);
  }
}

function readBytes(file: string, from: number, length: number): Buffer {
  const descriptor = openSync(file, 'r');
  try {
    const bytes = Buffer.alloc(length);
    return bytes.subarray(0, readSync(descriptor, bytes, 0, length, from));
  } finally {
    closeSync(descriptor);
  }
}

/** A file may be removed meanwhile: its batches are delivered, or were written again elsewhere. */
function unlessGone<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}

function linesOf(file: string): string[] {
  return unlessGone(() => readFileSync(file, 'utf8'), '')
    .split('\n')
    .slice(0, -1);
}

function numbers(from: number, to: number): number[] {
  return range(to - from).map((i) => from + i);
}

/** The missing records before one that arrived. */
function holesIn(numbers: readonly number[], isMissing: (number: number) => boolean): number[] {
  const lastThere = numbers.findLastIndex((number) => !isMissing(number));
  return numbers.slice(0, lastThere + 1).filter(isMissing);
}
