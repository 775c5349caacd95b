import fs, { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import {
  BatchBuilder,
  Counters,
  parseSettledLines,
  Reporter,
  Spool,
  settledLines,
  toLogEvents,
  utcDayOf,
} from '@putlogs/core/internal';
import test, { type ExecutionContext } from 'ava';
import { messages, range, startLocal } from '../../support/harness.js';
import { holdWrites } from '../../support/held-writes.js';
import { ManualClock } from '../../support/manual-clock.js';
import { allDelivered, openPipeline } from '../../support/pipeline.js';
import {
  bytesIn,
  closeInTime,
  diskIdle,
  filesIn,
  leaveFolder,
  nameOf,
  scatteredText,
  segmentText,
  spoolFolder,
} from '../../support/spool-folder.js';
import { until, untilResolved } from '../../support/until.js';

// Events that are on disk stay there until they are settled or safe elsewhere, and keep their destination.

const MIB = 1024 * 1024;
const NOW = Date.now();

function openSpool(folder: string, clock = new ManualClock(NOW)) {
  const reporter = new Reporter(() => undefined, false, clock);
  return new Spool(folder, 64 * MIB, reporter, clock);
}

/** Replaces a function of node:fs/promises. @returns restores it */
function patch<K extends 'rm' | 'rename'>(
  t: ExecutionContext,
  name: K,
  make: (real: (typeof fs.promises)[K]) => (...args: Parameters<(typeof fs.promises)[K]>) => Promise<void>,
): () => void {
  const real = fs.promises[name];
  const install = (one: unknown) => {
    Object.assign(fs.promises, { [name]: one });
    syncBuiltinESMExports();
  };
  install(make(real));
  t.teardown(() => install(real));
  return () => install(real);
}

test.serial('a recovered batch that is written again keeps its log stream', async (t) => {
  const folder = spoolFolder(t);
  const streams = range(10).map((i) => `found-${i}`);
  leaveFolder(folder, [scatteredText(streams)]);
  const spool = openSpool(folder);
  const { batches: recovered } = await spool.recover();
  spool.startWriting();
  const own = range(20).map((i) => {
    const batch = spool.create(() => nameOf(`own-${i}`));
    const open = new BatchBuilder(utcDayOf(NOW));
    for (const event of toLogEvents(NOW, `of own-${i}`, 'final')) open.add(event);
    batch?.append(open);
    batch?.seal(open.seal());
    return batch;
  });
  await until('the own batches on disk', () => own.every((batch) => batch?.isPersisted));
  for (const { batch } of recovered) {
    t.is((await batch.read()).kind, 'read');
    t.false(batch.mayLeaveMemory(false));
  }
  await until('recovered batches that may leave memory', () =>
    recovered.every(({ batch }) => batch.mayLeaveMemory(false)),
  );
  // One of each is settled. The others stay.
  recovered[0]?.batch.settle(10);
  own[0]?.settle(1);
  await diskIdle();
  await spool.close();

  const next = openSpool(folder);
  const found = new Map<string, string[]>();
  for (const { name, batch } of (await next.recover()).batches) {
    const back = await batch.read();
    if (back.kind !== 'read') throw new Error(back.kind);
    const texts = back.batch.events().map((json) => JSON.parse(json).message);
    found.set(name.logStreamName, [...(found.get(name.logStreamName) ?? []), ...texts]);
  }
  t.deepEqual(
    [...found].toSorted(([a], [b]) => a.localeCompare(b)),
    [
      ...streams.slice(1),
      ...range(20)
        .slice(1)
        .map((i) => `own-${i}`),
    ]
      .map((name): [string, string[]] => [
        name,
        range(name.startsWith('own') ? 1 : 10).map(() => `of ${name}`),
      ])
      .toSorted(([a], [b]) => a.localeCompare(b)),
  );
  await next.close();
});

test.serial('a batch that is written again keeps its old copy until the new one is on disk', async (t) => {
  const folder = spoolFolder(t);
  leaveFolder(folder, [scatteredText(['a', 'b'])]);
  const spool = openSpool(folder);
  const { batches: recovered } = await spool.recover();
  spool.startWriting();
  const [old = ''] = filesIn(folder);
  const text = readFileSync(old, 'utf8');
  for (const { batch } of recovered) await batch.read();
  const { resume } = holdWrites(t);
  for (const { batch } of recovered) batch.mayLeaveMemory(false);
  await diskIdle();
  t.is(readFileSync(old, 'utf8'), text);
  t.true(
    recovered.every(({ batch }) => batch.isPersisted),
    'the old copies are complete',
  );
  t.true(recovered[0]?.batch.mayLeaveMemory(true), 'at once, with its old copy');
  const read = recovered[0]?.batch.read();
  resume();
  t.is((await read)?.kind, 'read');
  recovered[0]?.batch.release();
  await until(
    'the other batch, which may leave memory',
    () => recovered[1]?.batch.mayLeaveMemory(false) === true,
  );
  recovered[0]?.batch.settle(10);
  await until('the removal of the old file', () => !existsSync(old));
  await spool.close();
});

test.serial('a batch that the disk does not take does not keep others from being spooled', async (t) => {
  const local = await startLocal(t);
  local.fault({ kind: 'throttle', operation: '*' });
  const spoolDirectory = spoolFolder(t);
  const pipeline = openPipeline(local, {
    spoolDirectory,
    logStreamName: '{record.tenant}',
    closeTimeoutMs: 0,
  });
  for (const tenant of range(50)) pipeline.accept(NOW, JSON.stringify({ tenant, text: 'safe' }));
  const safe = () =>
    filesIn(spoolDirectory).reduce(
      (sum, file) => sum + readFileSync(file, 'utf8').split('safe').length - 1,
      0,
    );
  await until('50 events on disk', () => safe() === 50);
  holdWrites(t);
  pipeline.accept(NOW, JSON.stringify({ tenant: 'late' }));
  await pipeline.close();
  const { accepted, dropped, spooled } = pipeline.counts();
  t.deepEqual({ accepted, closed: dropped.closed, spooled }, { accepted: 51, closed: 1, spooled: 50 });
  t.is(safe(), 50);
});

test.serial(
  'when the process ends while a close waits for the disk, what is on disk counts as spooled and the rest as lost',
  async (t) => {
    const local = await startLocal(t);
    local.fault({ kind: 'hang', operation: '*' });
    const clock = new ManualClock(NOW);
    const spoolDirectory = spoolFolder(t);
    const options = { spoolDirectory, logStreamName: '{record.tenant}', closeTimeoutMs: 1000 };
    const counters = new Counters();
    const pipeline = openPipeline(local, options, { clock, counters });
    const accept = (tenant: string) => pipeline.accept(NOW, JSON.stringify({ tenant }));
    accept('on disk');
    await until('an event on disk', () => counters.final().saved === 1);
    const { held, resume } = holdWrites(t);
    accept('held');
    await until('a held write', () => held.length > 0);
    const closed = pipeline.close();
    await clock.advance(1000);
    pipeline.abandon();
    const { accepted, dropped, spooled, pending } = pipeline.counts();
    t.deepEqual(
      { accepted, closed: dropped.closed, spooled, pending },
      { accepted: 2, closed: 1, spooled: 1, pending: 0 },
    );
    resume();
    await untilResolved('the close', closed, () => clock.advance(100));
  },
);

test.serial('a folder that is lost while one of its files is being removed stops nothing', async (t) => {
  const local = await startLocal(t);
  const spoolDirectory = spoolFolder(t);
  const clock = new ManualClock(NOW);
  const pipeline = openPipeline(local, { spoolDirectory, closeTimeoutMs: 0 }, { clock });
  const held: (() => void)[] = [];
  const resume = patch(t, 'rm', (rm) => async (...args) => {
    if (`${args[0]}`.endsWith('.ndjson')) await new Promise<void>((resolve) => held.push(resolve));
    await rm(...args);
  });
  pipeline.accept(NOW, 'delivered');
  await until('an event on disk', () => bytesIn(spoolDirectory) > 0);
  await pipeline.flush();
  await until('the removal of its file', () => held.length > 0);
  local.fault({ kind: 'throttle', operation: '*' });
  const [lock = ''] = readdirSync(spoolDirectory).filter((name) => name.endsWith('.lock'));
  const folder = join(spoolDirectory, lock.replace('.lock', ''));
  renameSync(join(spoolDirectory, lock), `${folder}.taken`);
  rmSync(folder, { recursive: true });
  clock.jump(60_000);
  pipeline.accept(NOW, 'after');
  resume();
  for (const one of held) one();
  await until('the other event on disk', () =>
    filesIn(spoolDirectory).some(
      (file) => file.endsWith('.ndjson') && readFileSync(file, 'utf8').includes('after'),
    ),
  );
  await closeInTime(pipeline, clock);
  t.is(pipeline.counts().spooled, 1);
});

test.serial('a lock that cannot be removed is reported, and has no other effect', async (t) => {
  const local = await startLocal(t);
  const spoolDirectory = spoolFolder(t);
  const pipeline = openPipeline(local, { spoolDirectory });
  patch(
    t,
    'rm',
    (rm) =>
      (...args) =>
        `${args[0]}`.endsWith('.lock')
          ? Promise.reject(Object.assign(new Error('EACCES, on purpose'), { code: 'EACCES' }))
          : rm(...args),
  );
  for (const text of ['one', 'two']) {
    pipeline.accept(NOW, text);
    await until('an event on disk', () => bytesIn(spoolDirectory) > 0);
    await pipeline.flush();
    await until('the end of its file', () => bytesIn(spoolDirectory) === 0);
    await diskIdle();
    await t.notThrowsAsync(pipeline.drain());
  }
  await t.notThrowsAsync(pipeline.close());
  t.deepEqual(pipeline.counts(), allDelivered(2));
  const problems = pipeline.reports.flatMap((report) => (report.kind === 'problem' ? [report.message] : []));
  t.regex(problems[0] ?? '', /^The lock of .* cannot be removed/);
});

test.serial('the own folder is not removed while segments of a dead process are moved into it', async (t) => {
  const local = await startLocal(t);
  const spoolDirectory = spoolFolder(t);
  const dead = leaveFolder(spoolDirectory, [segmentText(['left'])]);
  writeFileSync(join(dead, '0.ndjson.settled'), settledLines([7]));
  const held: (() => void)[] = [];
  const resume = patch(t, 'rename', (rename) => async (...args) => {
    await new Promise<void>((resolve) => held.push(resolve));
    await rename(...args);
  });
  const pipeline = openPipeline(local, { spoolDirectory, closeTimeoutMs: 0 });
  await until('a move of a segment', () => held.length > 0);
  await pipeline.drain();
  resume();
  for (const one of held) one();
  await until('the recovered event', () => local.count('/old') === 1);
  await pipeline.flush();
  await pipeline.close();
  t.deepEqual(readdirSync(spoolDirectory), []);
});

test.serial(
  'events of a process that dies later are recovered while this one has events to write',
  async (t) => {
    const local = await startLocal(t);
    const spoolDirectory = spoolFolder(t);
    const clock = new ManualClock(NOW);
    const pipeline = openPipeline(local, { spoolDirectory }, { clock });
    await diskIdle();
    await until(
      'the last timer',
      () => clock.timers === 0,
      () => clock.advance(2500),
    );
    leaveFolder(spoolDirectory, [segmentText(['left'])]);
    await clock.advance(12_000);
    t.is(local.count('/old'), 0);
    pipeline.accept(NOW, 'record');
    await until('the recovered event', () => local.count('/old') === 1);
    t.deepEqual(messages(local, '/old'), ['left']);
    await pipeline.close();
  },
);

test.serial('an id that a full disk cut off is not read as the id of a settled batch', async (t) => {
  t.deepEqual(parseSettledLines(settledLines([1, 23])), [1, 23]);
  t.deepEqual(parseSettledLines(`;\n12${settledLines([45])}\n6`), [45]);
  const local = await startLocal(t);
  const spoolDirectory = spoolFolder(t);
  const folder = leaveFolder(spoolDirectory, [segmentText(['left'])]);
  writeFileSync(join(folder, '0.ndjson.settled'), '\n');
  const pipeline = openPipeline(local, { spoolDirectory });
  await until('the recovered event', () => local.count('/old') === 1);
  await pipeline.close();
  t.deepEqual(pipeline.counts(), allDelivered(1));
});

test.serial(
  'an open batch with events in all files does not cause all waiting batches to be dropped',
  async (t) => {
    const local = await startLocal(t);
    local.fault({ kind: 'throttle', operation: '*' });
    const pipeline = openPipeline(local, {
      spoolDirectory: spoolFolder(t),
      spoolMaxBytes: 8 * MIB,
      logStreamName: '{record.tenant}',
      maxInFlight: 1,
      closeTimeoutMs: 0,
    });
    for (const i of range(20)) {
      pipeline.accept(NOW, JSON.stringify({ tenant: 'slow', i }));
      pipeline.accept(NOW, JSON.stringify({ tenant: 'busy', i, text: 'x'.repeat(1_000_000) }));
      await diskIdle();
    }
    await pipeline.close();
    const { accepted, dropped, spooled } = pipeline.counts();
    t.is(dropped.spoolFull + spooled, accepted);
    t.true(spooled > 20 + 3, `${spooled} of ${accepted}`);
  },
);
