import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import test from 'ava';
import { range, startLocal } from '../../support/harness.js';
import { openPipeline } from '../../support/pipeline.js';
import {
  bytesIn,
  diskIdle,
  leaveFolder,
  segmentText,
  spoolFolder,
  until,
} from '../../support/spool-folder.js';

const MIB = 1024 * 1024;
const OURS = /packages\/core\/dist|sonic-boom/;

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

test('after the start nothing waits for the disk on the thread of the application', async (t) => {
  const local = await startLocal(t);
  const folder = spoolFolder(t);
  const spoolDirectory = join(folder, 'spool');
  fs.mkdirSync(spoolDirectory, { mode: 0o700 });
  leaveFolder(spoolDirectory, [`${segmentText(['left'])}torn`]);
  const pipeline = openPipeline(local, {
    spoolDirectory,
    deadLetterFile: join(folder, 'dead.ndjson'),
    maxBufferBytes: 8 * MIB,
    spoolMaxBytes: 16 * MIB,
  });
  const calls = watchSyncCalls(t);
  const end = local.fault({ kind: 'throttle' });
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

test('a disk that stands still holds up neither the application nor delivery', async (t) => {
  const local = await startLocal(t);
  const spoolDirectory = spoolFolder(t);
  const first = openPipeline(local, { spoolDirectory });
  first.accept(Date.now(), 'first');
  await until(() => bytesIn(spoolDirectory) > 0);
  const { write } = fs;
  const held: (() => void)[] = [];
  const holding = (...args: Parameters<typeof write>) => void held.push(() => write(...args));
  fs.write = Object.assign(holding, write) as typeof write;
  t.teardown(() => {
    fs.write = write;
  });
  for (const i of range(1000)) first.accept(Date.now(), `record ${i}`);
  await first.flush();
  t.is(local.count('/test/app'), 1001);
  fs.write = write;
  for (const goOn of held) goOn();
  await first.close();
  t.is(first.counts().delivered, 1001);
});
