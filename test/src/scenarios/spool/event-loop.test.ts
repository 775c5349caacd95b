import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { range, startLocal } from '../../support/harness.js';
import { ManualClock } from '../../support/manual-clock.js';
import { allDelivered, openPipeline } from '../../support/pipeline.js';
import { bytesIn, diskIdle, leaveFolder, segmentText, spoolFolder } from '../../support/spool-folder.js';
import { until } from '../../support/until.js';

const MIB = 1024 * 1024;
const OURS = /packages\/core\/dist/;

/** Notes who calls a function of node:fs that blocks until the disk has answered. */
function watchSyncCalls(t: { teardown(end: () => void): void }): string[] {
  const calls: string[] = [];
  const watched = Object.fromEntries(Object.entries(fs).filter(([name]) => name.endsWith('Sync')));
  for (const [name, call] of Object.entries(watched)) {
    const noting = (...args: unknown[]) => {
      const { stack = '' } = new Error(name);
      if (OURS.test(stack)) calls.push(stack);
      return Reflect.apply(call as () => unknown, fs, args);
    };
    Object.assign(fs, { [name]: noting });
  }
  syncBuiltinESMExports();
  t.teardown(() => {
    Object.assign(fs, watched);
    syncBuiltinESMExports();
  });
  return calls;
}

test.serial('after the start nothing waits for the disk on the thread of the application', async (t) => {
  const local = await startLocal(t);
  const folder = spoolFolder(t);
  const spoolDirectory = join(folder, 'spool');
  fs.mkdirSync(spoolDirectory, { mode: 0o700 });
  const dead = leaveFolder(spoolDirectory, [`${segmentText(['left'])}torn`]);
  const pipeline = openPipeline(local, {
    spoolDirectory,
    deadLetterFile: join(folder, 'dead.ndjson'),
    maxBufferBytes: 8 * MIB,
    spoolMaxBytes: 16 * MIB,
  });
  const calls = watchSyncCalls(t);
  const end = local.fault({ kind: 'throttle' });
  await until('the folder to go', () => !fs.existsSync(dead));
  // More than memory may hold, and than the disk may.
  for (const i of range(24)) {
    pipeline.accept(Date.now(), `${i} ${'x'.repeat(1_000_000)}`);
    await diskIdle();
  }
  end();
  local.fault({ kind: 'poison', text: 'bad' });
  for (const text of ['good', 'bad']) pipeline.accept(Date.now(), text);
  await pipeline.flush();
  await pipeline.drain();
  await pipeline.close();
  const { delivered, rejected, dropped } = pipeline.counts();
  t.true(delivered > 8 && rejected.invalid === 1 && dropped.spoolFull > 0 && dropped.unreadable === 1);
  t.deepEqual(calls, []);
});

/** Holds what the system is to write until it is told to go on. */
function stallWrites(t: ExecutionContext) {
  const { write } = fs;
  const held: (() => void)[] = [];
  const holding = (...args: Parameters<typeof write>) => void held.push(() => write(...args));
  fs.write = Object.assign(holding, write) as typeof write;
  const goOn = () => {
    fs.write = write;
    for (const one of held.splice(0)) one();
  };
  t.teardown(goOn);
  return { held, goOn };
}

test.serial('a disk that stands still holds up neither the application nor delivery', async (t) => {
  const local = await startLocal(t);
  const spoolDirectory = spoolFolder(t);
  const first = openPipeline(local, { spoolDirectory });
  first.accept(Date.now(), 'first');
  await until('something on disk', () => bytesIn(spoolDirectory) > 0);
  const { goOn } = stallWrites(t);
  for (const i of range(1000)) first.accept(Date.now(), `record ${i}`);
  await first.flush();
  t.is(local.count('/test/app'), 1001);
  goOn();
  await first.close();
  t.is(first.counts().delivered, 1001);
});

test.serial('a disk that stands still gets one file call at a time, and is reported', async (t) => {
  const local = await startLocal(t);
  const folder = spoolFolder(t);
  const spoolDirectory = join(folder, 'spool');
  const clock = new ManualClock(Date.now());
  const pipeline = openPipeline(
    local,
    {
      spoolDirectory,
      deadLetterFile: join(folder, 'dead.ndjson'),
      logStreamName: '{record.tenant}',
      flushIntervalMs: 100,
    },
    { clock },
  );
  pipeline.accept(clock.now(), JSON.stringify({ tenant: 'first' }));
  await until('something on disk', () => bytesIn(spoolDirectory) > 0);
  await pipeline.flush();
  await diskIdle();
  local.fault({ kind: 'poison', text: 'bad' });
  const { held, goOn } = stallWrites(t);
  for (const tenant of range(50)) pipeline.accept(clock.now(), JSON.stringify({ tenant }));
  pipeline.accept(clock.now(), JSON.stringify({ tenant: 'bad' }));
  await until('a held call', () => held.length > 0);
  // Files are to be written, removed and checked, and a letter is to be written.
  await clock.advance(4000);
  t.deepEqual(
    process.getActiveResourcesInfo().filter((resource) => /^FSReq|^CloseReq/.test(resource)),
    [],
    'all of them wait behind the one that does not come back',
  );
  t.false(pipeline.problems().includes('spool'));
  await clock.advance(1000);
  t.regex(
    pipeline.reports.flatMap((report) => (report.kind === 'problem' ? [report.message] : [])).join('\n'),
    /^The disk has not responded to a file call for 5 s\. .* delivered from there/m,
  );
  await pipeline.flush();
  t.is(local.count('/test/app'), 51, 'delivery goes on');
  t.is(held.length, 1);
  goOn();
  let isClosed = false;
  void pipeline.close().then(() => {
    isClosed = true;
  });
  await until(
    'the close',
    () => isClosed,
    () => clock.advance(0),
  );
  t.deepEqual(pipeline.counts(), {
    ...allDelivered(52),
    delivered: 51,
    rejected: { ...allDelivered(0).rejected, invalid: 1 },
  });
});
