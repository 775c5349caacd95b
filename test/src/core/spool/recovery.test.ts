import fs, { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { BatchBuilder, Counters, Reporter, Spool, toLogEvents, utcDayOf } from '@putlogs/core/internal';
import test, { type ExecutionContext } from 'ava';
import { ManualClock } from '../../support/manual-clock.js';
import {
  diskIdle,
  filesIn,
  leaveFolder,
  nameOf,
  segmentText,
  spoolFolder,
} from '../../support/spool-folder.js';
import { until } from '../../support/until.js';

const NOON = Date.UTC(2026, 10, 24, 12);
const DAY = 86_400_000;

function openSpool(folder: string) {
  const clock = new ManualClock(NOON);
  const problems: string[] = [];
  const counters = new Counters();
  const reporter = new Reporter(
    (report) => 'message' in report && problems.push(report.message),
    false,
    clock,
    counters,
  );
  const spool = new Spool(folder, 64 * 1024 * 1024, reporter, clock);
  return {
    clock,
    counters,
    problems,
    spool,
    /** A sealed batch of one event. */
    add(message: string) {
      const batch = spool.create(() => nameOf('own'));
      if (batch === undefined) throw new Error('the spool takes nothing');
      const open = new BatchBuilder(utcDayOf(NOON));
      for (const event of toLogEvents(NOON, message, 'final')) open.add(event);
      batch.append(open);
      batch.seal(open.seal());
      return batch;
    },
  };
}

const OUT_OF_FILES = Object.assign(new Error('EMFILE, on purpose'), { code: 'EMFILE' });

/** While the process is out of file descriptors, files with this suffix cannot be opened. @returns ends that */
function refuseOpen(t: ExecutionContext, suffix: string): () => void {
  const { open } = fs;
  const openPromise = fs.promises.open;
  const put = (one: unknown, onePromise: unknown) => {
    Object.assign(fs, { open: one });
    Object.assign(fs.promises, { open: onePromise });
    syncBuiltinESMExports();
  };
  const isRefused = (path: unknown) => `${path}`.endsWith(suffix);
  put(
    Object.assign((...args: Parameters<typeof open>) => {
      if (isRefused(args[0])) setImmediate(args.at(-1) as (error: Error) => void, OUT_OF_FILES);
      else open(...args);
    }, open),
    async (...args: Parameters<typeof openPromise>) => {
      if (isRefused(args[0])) throw OUT_OF_FILES;
      return openPromise(...args);
    },
  );
  const end = () => put(open, openPromise);
  t.teardown(end);
  return end;
}

test.serial('the note of a takeover is removed after a day', async (t) => {
  const folder = spoolFolder(t);
  for (const [name, age] of [
    ['old', DAY + 1000],
    ['new', DAY - 1000],
  ] as const) {
    const note = join(folder, `${name}.taken`);
    writeFileSync(note, '');
    utimesSync(note, (NOON - age) / 1000, (NOON - age) / 1000);
  }
  const { spool } = openSpool(folder);
  await spool.recover();
  t.deepEqual(readdirSync(folder), ['new.taken']);
  await spool.close();
});

test.serial('ids of settled batches whose segment is gone are removed, with the folder', async (t) => {
  const folder = spoolFolder(t);
  const dead = leaveFolder(folder, []);
  writeFileSync(join(dead, '0.ndjson.settled'), '\n0;\n', { mode: 0o600 });
  const { spool, problems } = openSpool(folder);
  const { batches, rescanMs } = await spool.recover();
  t.deepEqual(batches, []);
  t.is(rescanMs, undefined);
  t.false(existsSync(dead));
  t.deepEqual(problems, []);
  await spool.close();
});

test.serial('a segment that cannot be read now is read by a later scan', async (t) => {
  const folder = spoolFolder(t);
  leaveFolder(folder, [segmentText(['left'])]);
  const { spool, problems } = openSpool(folder);
  const end = refuseOpen(t, '.ndjson');
  const first = await spool.recover();
  t.deepEqual(first.batches, []);
  t.is(first.rescanMs, 11_000);
  t.regex(problems[0] ?? '', /^Events that an earlier process left in .* cannot be taken over\. .*EMFILE/);
  end();
  const second = await spool.recover();
  t.deepEqual(
    second.batches.map(({ size }) => size),
    [1],
  );
  t.is(second.rescanMs, undefined);
  await spool.close();
});

test.serial('when no folder can be created, events wait and are written 2.5 seconds later', async (t) => {
  const folder = spoolFolder(t);
  const { clock, spool, problems, add } = openSpool(folder);
  await spool.recover();
  spool.startWriting();
  const { mkdir } = fs.promises;
  const put = (one: unknown) => {
    Object.assign(fs.promises, { mkdir: one });
    syncBuiltinESMExports();
  };
  t.teardown(() => put(mkdir));
  // The root is there.
  put((...args: Parameters<typeof mkdir>) =>
    typeof args[1] === 'object' && args[1]?.recursive ? mkdir(...args) : Promise.reject(OUT_OF_FILES),
  );
  const batch = add('waits');
  await until('the report', () => problems.length > 0);
  t.regex(problems[0] ?? '', /^The disk does not take events\. .*EMFILE/);
  await diskIdle();
  t.true(batch.isPersisting);
  t.deepEqual(readdirSync(folder), [], 'no lock without a folder');
  put(mkdir);
  await clock.advance(2499);
  await diskIdle();
  t.deepEqual(readdirSync(folder), []);
  await clock.advance(1);
  await until('the event on disk', () => batch.isPersisted);
  batch.settle(1);
  await spool.close();
  t.deepEqual(readdirSync(folder), []);
});

test.serial('nothing is written while the lock cannot be renewed, and all of it afterwards', async (t) => {
  const folder = spoolFolder(t);
  const { clock, spool, problems, add } = openSpool(folder);
  await spool.recover();
  spool.startWriting();
  const first = add('first');
  await until('the first event on disk', () => first.isPersisted);
  const end = refuseOpen(t, '.lock');
  clock.jump(6000); // the folder may be another process's by now
  const second = add('second');
  await until('the report', () => problems.length > 0);
  t.regex(
    problems[0] ?? '',
    /^Nothing is written to .* now, because it is not known whether it still belongs/,
  );
  await diskIdle();
  const text = () =>
    filesIn(folder)
      .map((file) => readFileSync(file, 'utf8'))
      .join('');
  t.false(text().includes('second'));
  end();
  await clock.advance(2500);
  await until('the second event on disk', () => second.isPersisted);
  t.true(text().includes('second'));
  for (const batch of [first, second]) batch.settle(1);
  await spool.close();
  t.deepEqual(readdirSync(folder), []);
});

test.serial('nothing is written before startWriting, which is called when the entity is known', async (t) => {
  const folder = spoolFolder(t);
  const { spool, add } = openSpool(folder);
  await spool.recover();
  const batch = add('early');
  await diskIdle();
  t.deepEqual(readdirSync(folder), []);
  spool.startWriting();
  await until('the event on disk', () => batch.isPersisted);
  batch.settle(1);
  await spool.close();
});

test.serial('a close while the lock is renewed leaves no timer', async (t) => {
  const { clock, spool, add } = openSpool(spoolFolder(t));
  await spool.recover();
  spool.startWriting();
  const batch = add('waits');
  await until('the event on disk', () => batch.isPersisted);
  await diskIdle();
  await clock.advance(2500); // the renewal has begun
  await spool.close();
  await diskIdle();
  t.is(clock.timers, 0);
});

test.serial(
  'what the disk is given counts as being written before: this thread may end at any moment',
  async (t) => {
    const { counters, spool, add } = openSpool(spoolFolder(t));
    await spool.recover();
    spool.startWriting();
    counters.accept(2, 2);
    const first = add('first');
    await until('the first event on disk', () => first.isPersisted);
    const { write } = fs;
    const writing: number[] = [];
    const noticing = (...args: Parameters<typeof write>) => {
      writing.push(counters.final().writing);
      write(...args);
    };
    Object.assign(fs, { write: Object.assign(noticing, write) });
    t.teardown(() => Object.assign(fs, { write }));
    const second = add('second');
    await until('the second event on disk', () => second.isPersisted);
    t.deepEqual([...new Set(writing)], [1]);
    for (const batch of [first, second]) batch.settle(1);
    await spool.close();
  },
);
