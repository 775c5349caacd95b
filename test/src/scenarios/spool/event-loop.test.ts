import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import test from 'ava';
import { range, startLocal } from '../../support/harness.js';
import { holdWrites } from '../../support/held-writes.js';
import { ManualClock } from '../../support/manual-clock.js';
import { allDelivered, openPipeline } from '../../support/pipeline.js';
import {
  bytesIn,
  closeInTime,
  diskIdle,
  leaveFolder,
  segmentText,
  spoolFolder,
} from '../../support/spool-folder.js';
import { until } from '../../support/until.js';

const MIB = 1024 * 1024;
const OURS = /packages\/core\/dist/;

/** Records the stacks of calls from our code to functions of node:fs that block until the disk responds. */
function watchSyncCalls(t: { teardown(end: () => void): void }): string[] {
  const calls: string[] = [];
  const watched = Object.fromEntries(Object.entries(fs).filter(([name]) => name.endsWith('Sync')));
  for (const [name, call] of Object.entries(watched)) {
    const recording = (...args: unknown[]) => {
      const { stack = '' } = new Error(name);
      if (OURS.test(stack)) calls.push(stack);
      return Reflect.apply(call as () => unknown, fs, args);
    };
    Object.assign(fs, { [name]: recording });
  }
  syncBuiltinESMExports();
  t.teardown(() => {
    Object.assign(fs, watched);
    syncBuiltinESMExports();
  });
  return calls;
}

test.serial('after the start the thread of the application makes no blocking file call', async (t) => {
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
  // More than maxBufferBytes and spoolMaxBytes allow.
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

test.serial('a disk that does not respond delays neither the application nor delivery', async (t) => {
  const local = await startLocal(t);
  const spoolDirectory = spoolFolder(t);
  const first = openPipeline(local, { spoolDirectory });
  first.accept(Date.now(), 'first');
  await until('something on disk', () => bytesIn(spoolDirectory) > 0);
  const { resume } = holdWrites(t);
  for (const i of range(1000)) first.accept(Date.now(), `record ${i}`);
  await first.flush();
  t.is(local.count('/test/app'), 1001);
  resume();
  await first.close();
  t.is(first.counts().delivered, 1001);
});

test.serial('a disk that does not respond gets one file call at a time, and is reported', async (t) => {
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
  const { held, resume } = holdWrites(t);
  for (const tenant of range(50)) pipeline.accept(clock.now(), JSON.stringify({ tenant }));
  pipeline.accept(clock.now(), JSON.stringify({ tenant: 'bad' }));
  await until('a held call', () => held.length > 0);
  // Segments and a dead letter wait to be written, and files to be removed and checked.
  await clock.advance(4000);
  t.deepEqual(
    process.getActiveResourcesInfo().filter((resource) => /^FSReq|^CloseReq/.test(resource)),
    [],
    'all other calls wait behind the one that does not return',
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
  resume();
  await closeInTime(pipeline, clock);
  t.deepEqual(pipeline.counts(), {
    ...allDelivered(52),
    delivered: 51,
    rejected: { ...allDelivered(0).rejected, invalid: 1 },
  });
});
