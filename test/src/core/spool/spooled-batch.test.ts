import fs, { existsSync, rmSync } from 'node:fs';
import { Reporter, Spool } from '@putlogs/core/internal';
import test, { type ExecutionContext } from 'ava';
import { holdWrites } from '../../support/held-writes.js';
import { ManualClock } from '../../support/manual-clock.js';
import { diskIdle, filesIn, leaveFolder, scatteredText, spoolFolder } from '../../support/spool-folder.js';
import { until } from '../../support/until.js';

// A batch that is written again, in one piece, keeps the copy before until the new one is on disk.

/** Recovers two batches that will be written again, and reads them. @param letters when the dead letters are written */
async function setUp(t: ExecutionContext, letters?: () => Promise<unknown>) {
  const folder = spoolFolder(t);
  leaveFolder(folder, [scatteredText(['a', 'b'])]);
  const clock = new ManualClock(Date.now());
  const reporter = new Reporter(() => undefined, false, clock);
  const spool = new Spool(folder, 64 * 1024 * 1024, reporter, clock, letters);
  const { batches } = await spool.recover();
  spool.startWriting();
  for (const { batch } of batches) await batch.read();
  const [first, second] = batches.map(({ batch }) => batch);
  const [old] = filesIn(folder);
  if (first === undefined || second === undefined || old === undefined) throw new Error('nothing was left');
  return { folder, clock, spool, first, second, old };
}

/** The disk refuses all writes until the test ends. */
function refuseWrites(t: ExecutionContext): void {
  const { write } = fs;
  const refusal = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
  const refuse = (_fd: number, _data: Buffer, done: (error: Error) => void) => setImmediate(done, refusal);
  fs.write = Object.assign(refuse, write) as unknown as typeof write;
  t.teardown(() => {
    fs.write = write;
  });
}

test.serial(
  'a batch whose new copy the disk refuses keeps the copy before, and leaves memory with it',
  async (t) => {
    const { spool, first, second, old } = await setUp(t);
    refuseWrites(t);
    t.false(first.mayLeaveMemory(false), 'it is written again');
    await diskIdle();
    t.true(first.isPersisted);
    t.true(first.mayLeaveMemory(true));
    first.release();
    const back = await first.read();
    t.is(back.kind === 'read' && back.batch.size, 10);
    second.settle(10);
    t.true(existsSync(old));
    first.settle(10);
    await diskIdle();
    t.false(existsSync(old));
    await spool.close();
  },
);

for (const which of ['new copy', 'old copy', 'copies'] as const)
  test.serial(
    `a batch that is being written again gets a copy, even if somebody removes its ${which}`,
    async (t) => {
      const { folder, clock, spool, first, second, old } = await setUp(t);
      const { held, resume } = holdWrites(t);
      t.false(first.mayLeaveMemory(false));
      await until('the write of the new copy', () => held.length > 0);
      for (const file of filesIn(folder)) {
        const isRemoved = which === 'copies' || (which === 'old copy') === (file === old);
        if (isRemoved) rmSync(file);
      }
      // The folder may be another process's by now, so the files are looked at before the write counts.
      clock.jump(6000);
      resume();
      await until('a copy in one piece', () => first.mayLeaveMemory(false));
      t.true(first.isPersisted);
      first.release();
      const back = await first.read();
      t.is(back.kind === 'read' && back.batch.size, 10);
      for (const batch of [first, second]) batch.settle(10);
      await until('the removal of all files', () => filesIn(folder).length === 0);
      await spool.close();
    },
  );

test.serial('the copy of a settled batch goes only once the dead letters are written', async (t) => {
  const written: (() => void)[] = [];
  const letters = () => new Promise<void>((resolve) => written.push(resolve));
  const { folder, clock, spool, first, second, old } = await setUp(t, letters);
  const listed = () => filesIn(folder).filter((file) => file.endsWith('.settled'));
  first.settle(10);
  await clock.advance(1000);
  await diskIdle();
  t.deepEqual([listed().length, written.length], [0, 1]);
  written.pop()?.();
  await until('the id of the first batch', () => listed().length === 1);
  second.settle(10);
  await diskIdle();
  t.deepEqual([existsSync(old), written.length], [true, 1]);
  written.pop()?.();
  await until('the removal of all files', () => filesIn(folder).length === 0);
  await spool.close();
});
