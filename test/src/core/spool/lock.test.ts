import { once } from 'node:events';
import {
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import test from 'ava';
import { Arrivals } from '../../support/arrivals.js';
import { fixturePath } from '../../support/child.js';
import { CountingClock } from '../../support/counting-clock.js';
import { range, startLocal } from '../../support/harness.js';
import { ManualClock } from '../../support/manual-clock.js';
import { allDelivered, openPipeline } from '../../support/pipeline.js';
import {
  bytesIn,
  closeInTime,
  diskIdle,
  filesIn,
  leaveFolder,
  segmentText,
  spoolFolder,
} from '../../support/spool-folder.js';
import { until } from '../../support/until.js';

/** Elsewhere there is no /proc, and every owner is unknown. */
const testOnLinux = process.platform === 'linux' ? test.serial : test.serial.skip;

test.serial('the folder of a living process is left alone, and not watched forever', async (t) => {
  const local = await startLocal(t);
  const spoolDirectory = spoolFolder(t);
  const end = local.fault({ kind: 'throttle', operation: '*' });
  const clocks = [new ManualClock(Date.now()), new ManualClock(Date.now())] as const;
  const living = openPipeline(local, { spoolDirectory, logStreamName: 'living' }, { clock: clocks[0] });
  living.accept(Date.now(), 'of the living process');
  await until('something on disk', () => bytesIn(spoolDirectory) > 0);
  const other = openPipeline(local, { spoolDirectory, logStreamName: 'other' }, { clock: clocks[1] });
  // Once a changed lock has shown that the owner lives, there is nothing left to do.
  await until(
    'the end of the scans',
    () => clocks[1].timers === 0 && clocks[1].monotonic() >= 10_000,
    async () => {
      for (const clock of clocks) await clock.advance(2500);
      await diskIdle();
    },
  );
  for (const clock of clocks) await clock.advance(60_000);
  end();
  // The last attempt may still be under way, and be throttled.
  await closeInTime(living, clocks[0]);
  t.deepEqual(living.counts(), allDelivered(1));
  await other.close();
  t.deepEqual(other.counts(), allDelivered(0));
  t.deepEqual(readdirSync(spoolDirectory), []);
});

/** The messages on disk. A file may be removed meanwhile. */
function onDisk(folder: string): string[] {
  return filesIn(folder)
    .filter((file) => file.endsWith('.ndjson'))
    .flatMap((file) => (existsSync(file) ? readFileSync(file, 'utf8') : '').split('\n').slice(0, -1))
    .filter((line) => line.startsWith('{"timestamp"'))
    .map((line) => JSON.parse(line.slice(0, -1)).message);
}

/** The locks of the owners in a folder. */
const locksIn = (folder: string) => readdirSync(folder).filter((name) => name.endsWith('.lock'));

test.serial(
  'a lock of an unknown owner is stale once it has not changed for more than ten seconds, whatever the time of day',
  async (t) => {
    const local = await startLocal(t);
    const spoolDirectory = spoolFolder(t);
    // For example, the owner runs in another container.
    const folder = leaveFolder(spoolDirectory, [segmentText(['left'])]);
    const beat = (beats: number) =>
      writeFileSync(`${folder}.lock`, `{"bootId":"another","beats":${beats}}\n`);
    beat(1);
    const clock = new ManualClock(Date.now());
    const pipeline = openPipeline(local, { spoolDirectory }, { clock });
    const pass = async (ms: number) => {
      await diskIdle();
      await clock.advance(ms);
      await diskIdle();
    };
    for (const _ of range(3)) await pass(2500);
    // A heartbeat, and a clock that is set.
    beat(2);
    utimesSync(`${folder}.lock`, 0, 0);
    clock.set(Date.now() + 10_800_000);
    await pass(2500);
    t.is(clock.timers, 0, 'the owner is known to be alive and is not watched any more');
    clock.set(Date.now());
    clock.jump(60_000);
    // A process with events to write scans again. From here on there is no heartbeat.
    pipeline.accept(Date.now(), 'record');
    for (const _ of range(2)) await pass(2500);
    t.true(existsSync(folder), 'unchanged for less than ten seconds');
    await pass(2500);
    await until('the old event', () => local.count('/old') === 1);
    await pipeline.close();
    t.deepEqual(pipeline.counts(), allDelivered(2));
    t.deepEqual(readdirSync(spoolDirectory), ['01234567-89ab-4cde-8f01-23456789abcd.taken']);
  },
);

test.serial(
  'a process that stood still together with the owner does not take the lock for stale',
  async (t) => {
    const local = await startLocal(t);
    const spoolDirectory = spoolFolder(t);
    const folder = leaveFolder(spoolDirectory, [segmentText(['left'])]);
    writeFileSync(`${folder}.lock`, '{"bootId":"another","beats":1}\n');
    const clock = new ManualClock(Date.now());
    const pipeline = openPipeline(local, { spoolDirectory }, { clock });
    await diskIdle();
    await until('a timer', () => clock.timers > 0);
    clock.jump(3_600_000);
    await clock.advance(0);
    await diskIdle();
    t.true(existsSync(folder));
    await pipeline.close();
  },
);

test.serial(
  'the folder of an owner that is known to be dead is taken over at once, even if its pid is in use again',
  async (t) => {
    const local = await startLocal(t);
    const spoolDirectory = spoolFolder(t);
    const end = local.fault({ kind: 'throttle', operation: '*' });
    const before = openPipeline(local, { spoolDirectory });
    before.accept(Date.now(), 'record');
    await until('something on disk', () => bytesIn(spoolDirectory) > 0);
    const [lock = ''] = locksIn(spoolDirectory);
    const owner = JSON.parse(readFileSync(join(spoolDirectory, lock), 'utf8'));
    end();
    await before.close();
    for (const difference of [{ startTime: '1' }, { pid: 4_194_305 }, { tid: 4_194_305 }]) {
      const folder = leaveFolder(spoolDirectory, [segmentText(['left'])]);
      writeFileSync(`${folder}.lock`, JSON.stringify({ ...owner, ...difference }));
      const pipeline = openPipeline(local, { spoolDirectory });
      await pipeline.close();
      t.deepEqual(pipeline.counts(), allDelivered(1));
    }
    t.deepEqual(readdirSync(spoolDirectory), []);
  },
);

testOnLinux(
  'the folder of a thread of this process is left alone while the thread lives, and taken over as soon as it has ended',
  async (t) => {
    const local = await startLocal(t);
    const spoolDirectory = spoolFolder(t);
    const end = local.fault({ kind: 'throttle', operation: '*' });
    const { endpoint } = local;
    const worker = new Worker(fixturePath('stuck-owner.js'), { workerData: { endpoint, spoolDirectory } });
    await once(worker, 'message');
    const [lock = ''] = locksIn(spoolDirectory);
    const { tid } = JSON.parse(readFileSync(join(spoolDirectory, lock), 'utf8'));
    end();
    const clock = new ManualClock(Date.now());
    const other = openPipeline(local, { spoolDirectory }, { clock });
    const nextScan = async () => {
      await diskIdle();
      await clock.advance(2500);
      await diskIdle();
    };
    for (const _ of range(2)) await nextScan();
    t.true(existsSync(join(spoolDirectory, lock)), 'a thread that stands still may go on');
    await worker.terminate();
    await until('the end of the thread', () => !existsSync(`/proc/self/task/${tid}`));
    await nextScan();
    t.true(clock.monotonic() < 10_000, 'the lock is not stale');
    await until('the event of the thread', () => local.count('/test/app') === 1);
    await other.close();
    t.deepEqual(other.counts(), allDelivered(1));
    t.deepEqual(readdirSync(spoolDirectory), []);
  },
);

test.serial('a spool that finds nothing and gets nothing has no timer', async (t) => {
  const local = await startLocal(t);
  const clock = new CountingClock(Date.now());
  const pipeline = openPipeline(local, { spoolDirectory: spoolFolder(t) }, { clock });
  await diskIdle();
  await until('the last timer', () => clock.timers === 0);
  const { starts } = clock;
  await clock.advance(3_600_000);
  await diskIdle();
  t.is(clock.starts, starts);
  await pipeline.close();
});

test.serial('a process that keeps nothing on disk has no folder and no timer', async (t) => {
  const local = await startLocal(t);
  const spoolDirectory = spoolFolder(t);
  const clock = new ManualClock(Date.now());
  const pipeline = openPipeline(local, { spoolDirectory }, { clock });
  pipeline.accept(Date.now(), 'record');
  await until('something on disk', () => bytesIn(spoolDirectory) > 0);
  await pipeline.flush();
  await until(
    'the last timer',
    () => clock.timers === 0,
    async () => {
      await clock.advance(2500);
      await diskIdle();
    },
  );
  t.deepEqual(readdirSync(spoolDirectory), []);
  pipeline.accept(Date.now(), 'another');
  await until('something on disk', () => bytesIn(spoolDirectory) > 0);
  await pipeline.close();
  t.deepEqual(pipeline.counts(), allDelivered(2));
});

const STANDSTILL_MS = 60_000;

for (const how of ['taken over', 'removed'] as const) {
  test.serial(
    `after a standstill in which its folder was ${how}, a process writes its events again`,
    async (t) => {
      const local = await startLocal(t);
      const spoolDirectory = spoolFolder(t);
      const end = local.fault({ kind: 'throttle', operation: '*' });
      const clock = new ManualClock(Date.now());
      const pipeline = openPipeline(local, { spoolDirectory, closeTimeoutMs: 0 }, { clock });
      pipeline.accept(Date.now(), 'before');
      await until('something on disk', () => bytesIn(spoolDirectory) > 0);
      await diskIdle();
      const [lock = ''] = locksIn(spoolDirectory);
      const folder = join(spoolDirectory, lock.replace('.lock', ''));
      if (how === 'removed')
        for (const name of readdirSync(spoolDirectory))
          rmSync(join(spoolDirectory, name), { recursive: true });
      else {
        renameSync(join(spoolDirectory, lock), `${folder}.taken`);
        rmSync(folder, { recursive: true });
      }
      clock.jump(STANDSTILL_MS);
      pipeline.accept(Date.now(), 'after');
      await until('both events on disk', () => onDisk(spoolDirectory).length === 2);
      t.deepEqual(onDisk(spoolDirectory).toSorted(), ['after', 'before']);
      await closeInTime(pipeline, clock);
      t.deepEqual(pipeline.counts(), { ...allDelivered(2), delivered: 0, spooled: 2 });
      end();
      const next = openPipeline(local, { spoolDirectory });
      await next.close();
      t.deepEqual(next.counts(), allDelivered(2));
      t.deepEqual(readdirSync(spoolDirectory), []);
    },
  );
}

test.serial(
  'a process whose clock jumps by three hours neither takes over a living process nor is taken over',
  async (t) => {
    const arrivals = new Arrivals();
    const local = await startLocal(t, { onPut: (put) => arrivals.add(put) });
    const spoolDirectory = spoolFolder(t);
    const end = local.fault({ kind: 'throttle', operation: '*' });
    const clocks = range(3).map(() => new ManualClock(Date.now()));
    const pipelines = clocks.map((clock) => openPipeline(local, { spoolDirectory }, { clock }));
    const [first] = clocks;
    let next = 0;
    for (const jumpMs of [0, 10_800_000, 0, -10_800_000, 0]) {
      first?.set(first.now() + jumpMs);
      for (const _ of range(8)) {
        for (const pipeline of pipelines) pipeline.accept(Date.now(), `record ${next++}`);
        await Promise.all(clocks.map((clock) => clock.advance(2500)));
        await diskIdle();
      }
    }
    t.deepEqual(onDisk(spoolDirectory).length, next);
    end();
    await Promise.all(pipelines.map((pipeline, i) => closeInTime(pipeline, clocks[i] ?? new ManualClock())));
    t.deepEqual(
      range(next).filter((number) => arrivals.timesOf(number) !== 1),
      [],
    );
    for (const pipeline of pipelines) t.deepEqual(pipeline.counts(), allDelivered(next / 3));
    t.deepEqual(readdirSync(spoolDirectory), []);
  },
);
