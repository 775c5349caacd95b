import { readdirSync } from 'node:fs';
import type { Counts, ProblemCode } from '@putlogs/core';
import test, { type ExecutionContext } from 'ava';
import { Arrivals, recordsOf } from '../../support/arrivals.js';
import { runFixture } from '../../support/child.js';
import { range, startLocal } from '../../support/harness.js';
import { allDelivered } from '../../support/pipeline.js';
import { RequestsAtOnce } from '../../support/requests-at-once.js';
import { spoolFolder } from '../../support/spool-folder.js';

// TEST_RATE=1000 for 3,600,000 records.
const RATE = Number(process.env.TEST_RATE ?? 100);
const RECORDS = 3600 * RATE + 1;

const DAY_MS = 86_400_000;
const MIB = 1024 * 1024;
const MAX_BATCH_RECORDS = 10_000;
const MAX_BUFFER_BYTES = 8 * MIB;

/** How much of what a batch holds while it is open or written may differ between two samples. */
const HELD_MARGIN = 8 * MIB;

interface Sample {
  readonly rss: number;
  /** The bytes that are held after a garbage collection. (How many of the free ones a process gives back is V8's choice.) */
  readonly held: number;
  readonly disk: number;
}

interface End {
  readonly records: number;
  readonly counts: Counts;
  readonly problems: readonly ProblemCode[];
}

test.serial(
  'in an hour of outage events wait on disk, not in memory; then all arrive once, the oldest first',
  async (t) => {
    const { samples, end, arrivals, firsts } = await runOutage(t, { maxInFlight: 1 });
    t.deepEqual(end.counts, allDelivered(RECORDS));
    t.deepEqual(
      range(RECORDS)
        .filter((number) => arrivals.timesOf(number) !== 1)
        .slice(0, 20),
      [],
    );
    // A batch keeps to one UTC day, and the last of one day may be sealed after the first of the next.
    for (const ofDay of firsts.values())
      t.deepEqual(
        ofDay,
        ofDay.toSorted((a, b) => a - b),
        'oldest first',
      );

    const memory = samples.map(({ held }) => held);
    // After a third of the time memory holds what it may.
    const [filled, late] = [Math.max(...memory.slice(15, 20)), Math.max(...memory.slice(-10))];
    // Through midnight, batches of two days are open at once.
    t.true(late <= filled + firsts.size * HELD_MARGIN, `${inMib(filled)}, then ${inMib(late)}`);
  },
);

test.serial('above spoolMaxBytes the oldest events are dropped, and no others', async (t) => {
  const spoolMaxBytes = 8 * MIB;
  const maxInFlight = 4;
  const { samples, end, arrivals, firsts, notices, mostAtOnce } = await runOutage(t, {
    maxInFlight,
    spoolMaxBytes,
  });
  t.true(mostAtOnce <= maxInFlight, `${mostAtOnce} at once`);
  const { dropped } = end.counts;
  // A notice for each gap: what comes while the disk frees room may be a gap of its own. No record counts twice.
  t.true(notices.length >= 1 && notices.length <= 3, `${notices.length} notices`);
  t.deepEqual(end.counts, {
    ...allDelivered(RECORDS + notices.length),
    delivered: RECORDS + notices.length - dropped.spoolFull,
    dropped: { ...allDelivered(0).dropped, spoolFull: dropped.spoolFull },
  });
  t.true(dropped.spoolFull > 0);
  t.is(
    notices.reduce((sum, events) => sum + events, 0),
    dropped.spoolFull,
    'the loss notices name all missing events',
  );
  t.deepEqual(end.problems.toSorted(), ['spool-full', 'unavailable']);

  const missing = range(RECORDS).filter((number) => arrivals.timesOf(number) === 0);
  t.is(missing.length, dropped.spoolFull);
  // The oldest of the outage are missing, except for a batch of each day that was in flight, or still open at midnight,
  // while younger ones had to go.
  const last = missing.at(-1) ?? 0;
  t.true(last - missing.length <= firsts.size * MAX_BATCH_RECORDS, `${missing.length} up to ${last}`);
  const disk = Math.max(...samples.map(({ disk }) => disk));
  t.true(disk <= spoolMaxBytes + 2 * MIB, `spoolMaxBytes, and what is open or in flight: ${inMib(disk)}`);
  t.true(disk > spoolMaxBytes - 2 * MIB, `no more is dropped than necessary: ${inMib(disk)}`);
});

/** Runs the outage in a process of its own, whose memory is sampled. */
async function runOutage(t: ExecutionContext, options: Readonly<Record<string, unknown>>) {
  t.timeout(600_000);
  const arrivals = new Arrivals();
  /** The first record of each request, by the UTC day of its event. */
  const firsts = new Map<number, number[]>();
  /** How many events each loss notice names. */
  const notices: number[] = [];
  const atOnce = new RequestsAtOnce(t);
  const local = await startLocal(t, {
    keepEvents: false,
    onPut(put) {
      arrivals.add(put);
      const [first] = put.events;
      const day = Math.floor((first?.timestamp ?? 0) / DAY_MS);
      firsts.set(day, [...(firsts.get(day) ?? []), ...recordsOf(first?.message ?? '')]);
      for (const { message } of put.events)
        if (message.includes('missingEvents')) notices.push(JSON.parse(message).missingEvents);
    },
  });
  const spoolDirectory = spoolFolder(t);
  const start = performance.now();
  const { code, stdout, stderr } = await runFixture(local, 'outage.js', [
    `${RATE}`,
    JSON.stringify({ spoolDirectory, maxBufferBytes: MAX_BUFFER_BYTES, ...options }),
  ]);
  t.is(code, 0, stderr);
  t.deepEqual(readdirSync(spoolDirectory), []);
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const samples: readonly Sample[] = lines.slice(0, -1);
  const end: End = lines.at(-1);
  logSamples(t, samples, performance.now() - start);
  return { samples, end, arrivals, firsts, notices, mostAtOnce: atOnce.most };
}

function logSamples(t: ExecutionContext, samples: readonly Sample[], ms: number): void {
  const every = Math.ceil(samples.length / 12);
  const some = samples.filter((_, minute) => minute % every === 0);
  const rss = some.map(({ rss }) => inMib(rss));
  const held = some.map(({ held }) => inMib(held));
  const disk = Math.max(...samples.map(({ disk }) => disk));
  t.log(
    `${RECORDS} records in ${Math.round(ms)} ms; RSS ${rss.join(', ')}; held ${held.join(', ')}; disk at most ${inMib(disk)}`,
  );
}

function inMib(bytes: number): string {
  return `${Math.round(bytes / MIB)} MiB`;
}
