import fs, { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import {
  BatchBuilder,
  parseSettledLines,
  Reporter,
  Spool,
  settledLines,
  toLogEvents,
  utcDayOf,
} from '@putlogs/core/internal';
import test, { type ExecutionContext } from 'ava';
import { messages, range, startLocal } from '../../support/harness.js';
import { ManualClock } from '../../support/manual-clock.js';
import { allDelivered, openPipeline } from '../../support/pipeline.js';
import {
  bytesIn,
  diskIdle,
  filesIn,
  leaveFolder,
  segmentText,
  spoolFolder,
} from '../../support/spool-folder.js';
import { until } from '../../support/until.js';

// What is safe on disk stays there until it is safe elsewhere, and with whom it belongs.

const MIB = 1024 * 1024;
const NOW = Date.now();

function openSpool(folder: string, clock = new ManualClock(NOW)) {
  const reporter = new Reporter(() => undefined, false, clock);
  return new Spool(folder, 64 * MIB, reporter, clock);
}

const head = (logStreamName: string) => ({ logGroupName: '/group', logStreamName, entity: undefined });

/** A segment of several batches whose events lie scattered: more of them than leave memory without being written anew. */
function scattered(streams: readonly string[]): string {
  const heads = streams.map((name, i) => JSON.stringify({ destination: i, ...head(name) }));
  const events = range(10).flatMap(() =>
    streams.flatMap((name, i) => [
      `{"batch":${i},"destination":${i}}`,
      `${JSON.stringify({ timestamp: NOW, message: `of ${name}` })},`,
    ]),
  );
  return `${[...heads, ...events].join('\n')}\n`;
}

/** Keeps what the system is to write until it is told to go on. */
function holdWrites(t: ExecutionContext): () => void {
  const { write } = fs;
  const held: (() => void)[] = [];
  const holding = (...args: Parameters<typeof write>) => void held.push(() => write(...args));
  fs.write = Object.assign(holding, write) as typeof write;
  const goOn = () => {
    fs.write = write;
    for (const one of held.splice(0)) one();
  };
  t.teardown(goOn);
  return goOn;
}

/** Puts another function in the place of one of the system's. @returns undoes that */
function patch<K extends 'rm' | 'rename'>(
  t: ExecutionContext,
  name: K,
  make: (real: (typeof fs.promises)[K]) => (...args: Parameters<(typeof fs.promises)[K]>) => Promise<void>,
): () => void {
  const real = fs.promises[name];
  const put = (one: unknown) => {
    Object.assign(fs.promises, { [name]: one });
    syncBuiltinESMExports();
  };
  put(make(real));
  t.teardown(() => put(real));
  return () => put(real);
}

test.serial('what is found and written anew stays in its own log stream', async (t) => {
  const folder = spoolFolder(t);
  const streams = range(10).map((i) => `found-${i}`);
  leaveFolder(folder, [scattered(streams)]);
  const spool = openSpool(folder);
  const { batches: left } = await spool.recover();
  spool.startWriting();
  const own = range(20).map((i) => {
    const batch = spool.create(() => head(`own-${i}`));
    const open = new BatchBuilder(utcDayOf(NOW));
    for (const event of toLogEvents(NOW, `of own-${i}`, 'settled')) open.add(event);
    batch?.append(open);
    batch?.seal(open.seal());
    return batch;
  });
  await until('the own ones are written', () => own.every((batch) => batch?.isPersisted));
  for (const { batch } of left) {
    t.is((await batch.read()).kind, 'read');
    t.false(batch.mayLeaveMemory(false));
  }
  await until('the found ones may leave memory', () =>
    left.every(({ batch }) => batch.mayLeaveMemory(false)),
  );
  // One of each is settled: the others stay.
  left[0]?.batch.settle(10);
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

test.serial('what is written anew goes from its old place when the disk has it, and no sooner', async (t) => {
  const folder = spoolFolder(t);
  leaveFolder(folder, [scattered(['a', 'b'])]);
  const spool = openSpool(folder);
  const { batches: left } = await spool.recover();
  spool.startWriting();
  const [old = ''] = filesIn(folder);
  const text = readFileSync(old, 'utf8');
  for (const { batch } of left) await batch.read();
  const goOn = holdWrites(t);
  for (const { batch } of left) batch.mayLeaveMemory(false);
  await diskIdle();
  t.is(readFileSync(old, 'utf8'), text);
  t.true(
    left.every(({ batch }) => batch.isPersisted),
    'for the disk has it',
  );
  t.true(left[0]?.batch.mayLeaveMemory(true), 'at once, and stays where it is');
  const read = left[0]?.batch.read();
  goOn();
  t.is((await read)?.kind, 'read');
  left[0]?.batch.release();
  await until('the other may leave memory', () => left[1]?.batch.mayLeaveMemory(false) === true);
  left[0]?.batch.settle(10);
  await until('the old file is gone', () => !existsSync(old));
  await spool.close();
});

test.serial('one batch that the disk does not take keeps no other from being on disk', async (t) => {
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
  await until('they are on disk', () => safe() === 50);
  holdWrites(t);
  pipeline.accept(NOW, JSON.stringify({ tenant: 'late' }));
  await pipeline.close();
  const { accepted, dropped, spooled } = pipeline.counts();
  t.deepEqual({ accepted, closed: dropped.closed, spooled }, { accepted: 51, closed: 1, spooled: 50 });
  t.is(safe(), 50);
});

test.serial('a folder that is lost while a file in it is going stops nothing', async (t) => {
  const local = await startLocal(t);
  const spoolDirectory = spoolFolder(t);
  const clock = new ManualClock(NOW);
  const pipeline = openPipeline(local, { spoolDirectory, closeTimeoutMs: 0 }, { clock });
  const held: (() => void)[] = [];
  const goOn = patch(t, 'rm', (rm) => async (...args) => {
    if (`${args[0]}`.endsWith('.ndjson')) await new Promise<void>((resolve) => held.push(resolve));
    await rm(...args);
  });
  pipeline.accept(NOW, 'delivered');
  await until('it is on disk', () => bytesIn(spoolDirectory) > 0);
  await pipeline.flush();
  await until('its file is going', () => held.length > 0);
  local.fault({ kind: 'throttle', operation: '*' });
  const [lock = ''] = readdirSync(spoolDirectory).filter((name) => name.endsWith('.lock'));
  const folder = join(spoolDirectory, lock.replace('.lock', ''));
  renameSync(join(spoolDirectory, lock), `${folder}.taken`);
  rmSync(folder, { recursive: true });
  clock.jump(60_000);
  pipeline.accept(NOW, 'after');
  goOn();
  for (const one of held) one();
  await until('the other is on disk', () =>
    filesIn(spoolDirectory).some(
      (file) => file.endsWith('.ndjson') && readFileSync(file, 'utf8').includes('after'),
    ),
  );
  let isClosed = false;
  void pipeline.close().then(() => {
    isClosed = true;
  });
  await until(
    'it is closed',
    () => isClosed,
    () => clock.advance(1),
  );
  t.is(pipeline.counts().spooled, 1);
});

test.serial('a lock that cannot be removed is told, and nothing else comes of it', async (t) => {
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
    await until('it is on disk', () => bytesIn(spoolDirectory) > 0);
    await pipeline.flush();
    await until('its file is gone', () => bytesIn(spoolDirectory) === 0);
    await diskIdle();
    await t.notThrowsAsync(pipeline.drain());
  }
  await t.notThrowsAsync(pipeline.close());
  t.deepEqual(pipeline.counts(), allDelivered(2));
  const told = pipeline.reports.flatMap((report) => (report.kind === 'problem' ? [report.message] : []));
  t.regex(told[0] ?? '', /^The lock of .* cannot be removed/);
});

test.serial('a folder is not given up while files of others are on their way into it', async (t) => {
  const local = await startLocal(t);
  const spoolDirectory = spoolFolder(t);
  const dead = leaveFolder(spoolDirectory, [segmentText(['left'])]);
  writeFileSync(join(dead, '0.ndjson.settled'), settledLines([7]));
  const held: (() => void)[] = [];
  const goOn = patch(t, 'rename', (rename) => async (...args) => {
    await new Promise<void>((resolve) => held.push(resolve));
    await rename(...args);
  });
  const pipeline = openPipeline(local, { spoolDirectory, closeTimeoutMs: 0 });
  await until('one is being moved', () => held.length > 0);
  await pipeline.drain();
  goOn();
  for (const one of held) one();
  await until('it has arrived', () => local.count('/old') === 1);
  await pipeline.flush();
  await pipeline.close();
  t.deepEqual(readdirSync(spoolDirectory), []);
});

test.serial('what a process leaves that began later is found, while something is written', async (t) => {
  const local = await startLocal(t);
  const spoolDirectory = spoolFolder(t);
  const clock = new ManualClock(NOW);
  const pipeline = openPipeline(local, { spoolDirectory }, { clock });
  await diskIdle();
  await until(
    'nothing is to be done',
    () => clock.timers === 0,
    () => clock.advance(2500),
  );
  leaveFolder(spoolDirectory, [segmentText(['left'])]);
  await clock.advance(12_000);
  t.is(local.count('/old'), 0);
  pipeline.accept(NOW, 'record');
  await until('it has arrived', () => local.count('/old') === 1);
  t.deepEqual(messages(local, '/old'), ['left']);
  await pipeline.close();
});

test.serial('what a full disk cut off is not taken for the id of a settled batch', async (t) => {
  t.deepEqual(parseSettledLines(settledLines([1, 23])), [1, 23]);
  t.deepEqual(parseSettledLines(`;\n12${settledLines([45])}\n6`), [45]);
  const local = await startLocal(t);
  const spoolDirectory = spoolFolder(t);
  const folder = leaveFolder(spoolDirectory, [segmentText(['left'])]);
  writeFileSync(join(folder, '0.ndjson.settled'), '\n');
  const pipeline = openPipeline(local, { spoolDirectory });
  await until('it has arrived', () => local.count('/old') === 1);
  await pipeline.close();
  t.deepEqual(pipeline.counts(), allDelivered(1));
});

test.serial('one batch that is open in all files does not cost all that wait', async (t) => {
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
});
