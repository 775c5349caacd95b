import fs, { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import type { Options } from '@putlogs/core';
import type { Local } from '@putlogs/local';
import test, { type ExecutionContext } from 'ava';
import { runFixture } from '../../support/child.js';
import { collectGarbage } from '../../support/gc.js';
import { messages, puts, range, startLocal } from '../../support/harness.js';
import { holdWrites } from '../../support/held-writes.js';
import { ManualClock } from '../../support/manual-clock.js';
import { allDelivered, openPipeline } from '../../support/pipeline.js';
import {
  bytesIn,
  diskIdle,
  filesIn,
  leaveFolder,
  linesIn,
  segmentText,
  spoolFolder,
} from '../../support/spool-folder.js';
import { until, untilResolved } from '../../support/until.js';

// Serial, because some of these tests keep the event loop busy while they wait for the disk.
const MIB = 1024 * 1024;
const NOON = Date.UTC(2026, 10, 24, 12);

/** A disk that does not complete an fsync until the test lets it. */
function holdConfirmations(t: ExecutionContext): (() => void)[] {
  const { fsync } = fs;
  const held: (() => void)[] = [];
  fs.fsync = Object.assign((fd: number, done: fs.NoParamCallback) => held.push(() => fsync(fd, done)), fsync);
  t.teardown(() => {
    fs.fsync = fsync;
  });
  return held;
}

/** Runs a pipeline that leaves all its events in the spool. */
async function leaveBehind(
  local: Local,
  spoolDirectory: string,
  options: Options,
  events: readonly (readonly [timestamp: number, message: string])[],
): Promise<void> {
  const end = local.fault({ kind: 'throttle', operation: '*' });
  const pipeline = openPipeline(local, { spoolDirectory, closeTimeoutMs: 0, ...options });
  for (const [timestamp, message] of events) pipeline.accept(timestamp, message);
  await pipeline.close();
  end();
}

test.serial('delivered events leave nothing on disk', async (t) => {
  const local = await startLocal(t);
  const spoolDirectory = spoolFolder(t);
  const pipeline = openPipeline(local, { spoolDirectory });
  for (const i of range(25_000)) pipeline.accept(Date.now(), `record ${i}`);
  await pipeline.flush();
  t.deepEqual(pipeline.counts(), allDelivered(25_000));
  await pipeline.close();
  t.deepEqual(readdirSync(spoolDirectory), []);
  t.deepEqual(pipeline.problems(), []);
});

test.serial('delivered events are removed from disk at once, even if fsync is slow', async (t) => {
  const local = await startLocal(t);
  const spoolDirectory = spoolFolder(t);
  const held = holdConfirmations(t);
  const pipeline = openPipeline(local, { spoolDirectory });
  pipeline.accept(Date.now(), 'hello');
  await pipeline.flush();
  await until('no file in the spool', () => filesIn(spoolDirectory).length === 0);
  await pipeline.close();
  t.deepEqual(readdirSync(spoolDirectory), []);
  t.is(held.length, 0, 'nobody needs the content of the file');
});

test.serial('events that are left at the deadline of close are spooled, even if fsync is slow', async (t) => {
  const local = await startLocal(t);
  local.fault({ kind: 'throttle', operation: '*' });
  const held = holdConfirmations(t);
  const pipeline = openPipeline(local, { spoolDirectory: spoolFolder(t), closeTimeoutMs: 0 });
  for (const i of range(12_345)) pipeline.accept(Date.now(), `record ${i}`);
  await pipeline.close();
  t.deepEqual(pipeline.counts(), { ...allDelivered(12_345), delivered: 0, spooled: 12_345 });
  for (const confirm of held) confirm();
});

test.serial('a disk that does not keep up gets nothing more, and no event is lost', async (t) => {
  const local = await startLocal(t);
  const spoolDirectory = spoolFolder(t);
  const { held, resume } = holdWrites(t);
  const pipeline = openPipeline(local, { spoolDirectory });
  for (const _ of range(40)) {
    pipeline.accept(Date.now(), 'x'.repeat(MIB - 100));
    await pipeline.flush();
  }
  t.deepEqual(pipeline.counts(), allDelivered(40));
  t.is(held.length, 1, 'one call at a time');
  resume();
  local.fault({ kind: 'throttle', operation: '*' });
  pipeline.accept(Date.now(), 'on disk again');
  await until('something on disk', () => linesIn(spoolDirectory) > 0);
  local.clearFaults();
  await pipeline.close();
  t.deepEqual(readdirSync(spoolDirectory), []);
});

test.serial('a file whose write is refused is closed and removed', async (t) => {
  const local = await startLocal(t);
  const spoolDirectory = spoolFolder(t);
  const { write, writeSync } = fs;
  const fds = new Set<number>();
  const refuse = (fd: number) => {
    fds.add(fd);
    return Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
  };
  const patch = (changes: object) => {
    Object.assign(fs, changes);
    syncBuiltinESMExports();
  };
  t.teardown(() => patch({ write, writeSync }));
  patch({
    write: (fd: number, _data: Buffer, done: (error: Error) => void) => setImmediate(done, refuse(fd)),
    writeSync(fd: number) {
      throw refuse(fd);
    },
  });
  const pipeline = openPipeline(local, { spoolDirectory });
  for (const i of range(20)) {
    pipeline.accept(Date.now(), `record ${i}`);
    await diskIdle();
    await pipeline.flush();
  }
  t.true(fds.size < 10, `${fds.size} descriptors for 20 files`);
  await pipeline.close();
  t.deepEqual(readdirSync(spoolDirectory), []);
  t.deepEqual(pipeline.counts(), allDelivered(20));
  t.deepEqual(pipeline.problems(), ['spool']);
});

test.serial('the next process finds nothing of a write that the disk refused half-way', async (t) => {
  const local = await startLocal(t);
  const spoolDirectory = spoolFolder(t);
  local.fault({ kind: 'throttle', operation: '*' });
  const options = { spoolDirectory, logStreamName: '{record.tenant}', closeTimeoutMs: 0 };
  const first = openPipeline(local, options);
  first.accept(Date.now(), JSON.stringify({ tenant: 'on disk' }));
  await until('a batch on disk', () => linesIn(spoolDirectory) === 3);
  await diskIdle();
  const refused = refuseHalfOfNextWrite(t);
  // Two events, so that half of the write is an event that could be read, and a torn one.
  for (const i of range(2)) first.accept(Date.now(), JSON.stringify({ tenant: 'refused', i }));
  await refused;
  await until('the report', () => first.problems().includes('spool'));
  await first.close();
  t.like(first.counts(), { spooled: 1, dropped: { closed: 2 } });
  local.clearFaults();
  const second = openPipeline(local, { spoolDirectory });
  await second.close();
  t.deepEqual(second.counts(), allDelivered(1));
  t.deepEqual(messages(local), [JSON.stringify({ tenant: 'on disk' })]);
  t.deepEqual(readdirSync(spoolDirectory), []);
});

/** The disk takes a part of the next write, and then is full. @returns when it has */
function refuseHalfOfNextWrite(t: ExecutionContext): Promise<void> {
  const { write } = fs;
  t.teardown(() => {
    fs.write = write;
  });
  return new Promise((resolve) => {
    const refusing = (fd: number, data: Buffer, done: (error: Error | null) => void) => {
      fs.write = write;
      write(fd, data.subarray(0, data.length - 10), () => {
        done(Object.assign(new Error('no space left on device, on purpose'), { code: 'ENOSPC' }));
        resolve();
      });
    };
    fs.write = Object.assign(refusing, write) as typeof write;
  });
}

test.serial('a waiting event is on disk, readable by its owner alone', async (t) => {
  const local = await startLocal(t);
  const spoolDirectory = join(spoolFolder(t), 'made', 'here');
  const end = local.fault({ kind: 'throttle', operation: '*' });
  const pipeline = openPipeline(local, { spoolDirectory, service: 'checkout', logStreamName: 'one' });
  pipeline.accept(NOON, 'waits\n"quoted"');
  await until('something on disk', () => bytesIn(spoolDirectory) > 0);
  const [file = ''] = filesIn(spoolDirectory);
  await until('all lines of the file', () => readFileSync(file, 'utf8').split('\n').length >= 4);
  const [head = '', batch = '', event = '', ...rest] = readFileSync(file, 'utf8').split('\n');
  const { destination, logGroupName, logStreamName, entity } = JSON.parse(head);
  t.is(JSON.parse(batch).destination, destination);
  t.deepEqual({ logGroupName, logStreamName }, { logGroupName: '/test/app', logStreamName: 'one' });
  t.is(entity.keyAttributes.Name, 'checkout');
  t.deepEqual(JSON.parse(event.replace(/,$/, '')), { timestamp: NOON, message: 'waits\n"quoted"' });
  t.deepEqual(rest, ['']);
  t.is(statSync(file).mode & 0o777, 0o600);
  t.is(statSync(join(file, '..')).mode & 0o777, 0o700);
  t.is(statSync(`${join(file, '..')}.lock`).mode & 0o777, 0o600);
  t.is(statSync(spoolDirectory).mode & 0o777, 0o700);
  end();
  await pipeline.close();
});

test.serial('at its deadline close ends as soon as the events are on disk', async (t) => {
  const local = await startLocal(t);
  local.fault({ kind: 'throttle', operation: '*' });
  const clock = new ManualClock(Date.now());
  const options = { spoolDirectory: spoolFolder(t), closeTimeoutMs: 0 };
  const pipeline = openPipeline(local, options, { clock });
  pipeline.accept(Date.now(), 'record');
  await untilResolved('the close', pipeline.close(), () => clock.advance(0));
  t.deepEqual(pipeline.counts(), { ...allDelivered(1), delivered: 0, spooled: 1 });
});

test.serial('events that are left at the deadline of close are spooled, and none is lost', async (t) => {
  const local = await startLocal(t);
  const spoolDirectory = spoolFolder(t);
  local.fault({ kind: 'throttle', operation: '*' });
  const pipeline = openPipeline(local, { spoolDirectory, closeTimeoutMs: 0 });
  for (const i of range(12_345)) pipeline.accept(Date.now(), `record ${i}`);
  await pipeline.close();
  t.deepEqual(pipeline.counts(), { ...allDelivered(12_345), delivered: 0, spooled: 12_345 });
  t.deepEqual(pipeline.problems(), []);
});

test.serial(
  'the next process sends recovered events first, to their destination and with their entity',
  async (t) => {
    const local = await startLocal(t);
    const spoolDirectory = spoolFolder(t);
    const old = { logGroupName: '/old', logStreamName: 'old', service: 'before' };
    await leaveBehind(local, spoolDirectory, old, [
      [Date.now(), 'left'],
      [Date.now() - 1000, 'left earlier'],
    ]);
    const asked = local.requests.length;
    const pipeline = openPipeline(local, {
      spoolDirectory,
      service: 'after',
      logStreamName: 'new',
      maxInFlight: 1,
    });
    pipeline.accept(Date.now(), 'new');
    await pipeline.close();
    const texts = (group: string) =>
      local.events(group).map(({ message, logStreamName }) => [logStreamName, message]);
    t.deepEqual(texts('/old'), [
      ['old', 'left earlier'],
      ['old', 'left'],
    ]);
    t.deepEqual(texts('/test/app'), [['new', 'new']]);
    t.is(local.events('/old')[0]?.entity?.keyAttributes?.Name, 'before');
    t.is(local.events('/test/app')[0]?.entity?.keyAttributes?.Name, 'after');
    const order = local.requests.slice(asked).map(({ logGroupName }) => logGroupName);
    t.is(order[0], '/old');
    t.deepEqual(pipeline.counts(), allDelivered(3), 'recovered events count as accepted');
    t.deepEqual(readdirSync(spoolDirectory), []);
  },
);

test.serial('torn and corrupt lines are counted, reported and quarantined', async (t) => {
  const local = await startLocal(t);
  const spoolDirectory = spoolFolder(t);
  leaveFolder(spoolDirectory, [
    `${segmentText(['one'])}{"timestamp":-1,"message":"x"},\n${segmentText(['two', 'three'])}`.slice(0, -4),
    `not a head\n${segmentText(['lost']).split('\n').slice(1).join('\n')}`,
    '',
    segmentText(['four']),
  ]);
  const pipeline = openPipeline(local, { spoolDirectory });
  await until('the three old events', () => local.count('/old') === 3);
  await pipeline.close();
  t.deepEqual(messages(local, '/old').toSorted(), ['four', 'one', 'two']);
  const { accepted, delivered, dropped } = pipeline.counts();
  t.deepEqual(
    { accepted, delivered, unreadable: dropped.unreadable },
    { accepted: 7, delivered: 3, unreadable: 4 },
  );
  t.deepEqual(pipeline.problems(), ['unreadable', 'unreadable']);
  t.deepEqual(readdirSync(spoolDirectory), ['corrupt.ndjson']);
  const quarantined = readFileSync(join(spoolDirectory, 'corrupt.ndjson'), 'utf8');
  t.is(quarantined.trimEnd().split('\n').length, 4);
  t.is(statSync(join(spoolDirectory, 'corrupt.ndjson')).mode & 0o777, 0o600);
});

test.serial('a close during recovery loses no event', async (t) => {
  const local = await startLocal(t, { keepEvents: false });
  const spoolDirectory = spoolFolder(t);
  const text = segmentText(range(1000).map(() => 'x'.repeat(200)));
  leaveFolder(
    spoolDirectory,
    range(50).map(() => text),
  );
  const hasty = openPipeline(local, { spoolDirectory, closeTimeoutMs: 0 });
  await hasty.close();
  const next = openPipeline(local, { spoolDirectory });
  await until('all old events', () => local.count('/old') >= 50_000);
  await next.close();
  t.is(local.count('/old'), 50_000);
  t.deepEqual(readdirSync(spoolDirectory), []);
});

test.serial('a destination that does not exist delays no other', async (t) => {
  const local = await startLocal(t);
  const spoolDirectory = spoolFolder(t);
  await leaveBehind(local, spoolDirectory, { logGroupName: '/gone' }, [[Date.now(), 'left']]);
  const first = openPipeline(local);
  first.accept(Date.now(), 'creates the group');
  await first.close();
  const pipeline = openPipeline(local, { spoolDirectory, createLogGroup: false, closeTimeoutMs: 500 });
  for (const i of range(5)) pipeline.accept(Date.now(), `record ${i}`);
  await until('6 events', () => local.count('/test/app') >= 6);
  await pipeline.close();
  t.is(pipeline.counts().delivered, 5);
  t.is(pipeline.counts().spooled, 1, 'it waits until its log group exists again');
  t.is(filesIn(spoolDirectory).length, 1);
});

for (const [what, tamper] of [
  [
    'JSON beside the event',
    (text: string) => text.replaceAll(/x{40}"/g, `"},{"logGroupName":"/elsewhere","x":["`),
  ],
  ['a file that is cut short', (text: string) => text.slice(0, -100)],
  ['a longer event', (text: string) => text.replace('x"', 'xx"')],
] as const) {
  test.serial(`a batch in a changed file counts as what it is now, or as unreadable: ${what}`, async (t) => {
    const local = await startLocal(t);
    const spoolDirectory = spoolFolder(t);
    const end = local.fault({ kind: 'throttle' });
    const pipeline = openPipeline(local, { spoolDirectory, maxBufferBytes: 8 * MIB, maxInFlight: 1 });
    for (const i of range(12)) {
      pipeline.accept(Date.now(), `${i} ${'x'.repeat(1_000_000)}`);
      await until('the event on disk', () => bytesIn(spoolDirectory) >= (i + 1) * 1_000_000);
    }
    for (const file of filesIn(spoolDirectory)) writeFileSync(file, tamper(readFileSync(file, 'utf8')));
    end();
    await pipeline.close();
    const { accepted, delivered, dropped, pending } = pipeline.counts();
    t.deepEqual({ accepted, pending }, { accepted: 12, pending: 0 });
    t.is(delivered + dropped.unreadable, 12);
    t.true(dropped.unreadable > 0);
  });
}

test.serial('the number of files, writes and fsyncs depends on bytes, not on log streams', async (t) => {
  const local = await startLocal(t);
  const spoolDirectory = spoolFolder(t);
  local.fault({ kind: 'throttle', operation: '*' });
  const { fsync, write } = fs;
  const counts = { fsync: 0, write: 0 };
  fs.fsync = Object.assign((...args: Parameters<typeof fsync>) => {
    counts.fsync++;
    fsync(...args);
  }, fsync);
  fs.write = Object.assign((...args: Parameters<typeof write>) => {
    counts.write++;
    write(...args);
  }, write) as typeof write;
  t.teardown(() => {
    Object.assign(fs, { fsync, write });
  });
  const options = { spoolDirectory, logStreamName: '{record.tenant}', closeTimeoutMs: 0 };
  const pipeline = openPipeline(local, options);
  const [tenants, ready] = [2000, 5];
  for (const _ of range(ready)) {
    for (const i of range(tenants)) pipeline.accept(Date.now(), JSON.stringify({ tenant: `t${i}` }));
    await diskIdle();
  }
  await pipeline.close();
  t.is(pipeline.counts().spooled, tenants * ready);
  const bytes = bytesIn(spoolDirectory);
  t.true(
    filesIn(spoolDirectory).length <= 1 + bytes / (512 * 1024),
    `${filesIn(spoolDirectory).length} files`,
  );
  t.true(counts.fsync <= 1 + bytes / (512 * 1024), `${counts.fsync} times fsync`);
  t.true(counts.write <= ready + bytes / 32_768, `${counts.write} writes for ${bytes} bytes`);
});

test.serial(
  'the next process does not send a settled batch again that shares a file with one that waits',
  async (t) => {
    let puts = 0;
    // Throttling spares the first two requests: one finds no log stream, the next is delivered.
    const local = await startLocal(t, { random: () => (puts++ < 2 ? 0.9 : 0) });
    local.fault({ kind: 'throttle', share: 0.5 });
    const spoolDirectory = spoolFolder(t);
    const options = { spoolDirectory, logStreamName: '{record.tenant}', closeTimeoutMs: 100, maxInFlight: 1 };
    const first = openPipeline(local, options);
    for (const tenant of ['goes', 'waits']) {
      for (const i of range(50)) first.accept(Date.now(), JSON.stringify({ tenant, i }));
    }
    await until('100 events on disk', () => onDisk(spoolDirectory) === 100);
    void first.flush();
    await until('50 events', () => local.count('/test/app') === 50);
    await first.close();
    t.is(first.counts().spooled, 50);
    t.is(onDisk(spoolDirectory), 100);
    local.clearFaults();
    const second = openPipeline(local, { spoolDirectory });
    await second.close();
    t.deepEqual(second.counts(), allDelivered(50));
    t.is(local.count('/test/app'), 100);
    t.deepEqual(readdirSync(spoolDirectory), []);
  },
);

/** The number of events on disk. */
const onDisk = (folder: string) => filesIn(folder).flatMap(eventsIn).length;

test.serial(
  'in an outage with many log streams events wait on disk, and each arrives in its own log stream',
  async (t) => {
    const local = await startLocal(t);
    const spoolDirectory = spoolFolder(t);
    const end = local.fault({ kind: 'throttle' });
    const [tenants, ready] = [20, 60];
    const pipeline = openPipeline(local, {
      spoolDirectory,
      logStreamName: '{record.tenant}',
      maxBufferBytes: 8 * MIB,
    });
    const pad = 'x'.repeat(20_000);
    for (const i of range(tenants * ready)) {
      pipeline.accept(Date.now(), JSON.stringify({ tenant: `t${i % tenants}`, i, pad }));
      if (i % tenants === 0) await diskIdle();
    }
    end();
    await pipeline.close();
    t.deepEqual(pipeline.counts(), allDelivered(tenants * ready));
    for (const { logStreamName, message } of local.events('/test/app')) {
      const { tenant, i } = JSON.parse(message);
      t.is(logStreamName, tenant);
      t.is(tenant, `t${i % tenants}`);
    }
    t.is(new Set(messages(local)).size, tenants * ready);
    t.deepEqual(readdirSync(spoolDirectory), []);
  },
);

test.serial(
  'events that were only on disk and whose files somebody removed count as lost and are reported',
  async (t) => {
    const local = await startLocal(t);
    const spoolDirectory = spoolFolder(t);
    local.fault({ kind: 'throttle' });
    const options = { spoolDirectory, maxBufferBytes: 8 * MIB, maxInFlight: 1, closeTimeoutMs: 0 };
    const pipeline = openPipeline(local, options);
    for (const i of range(12)) {
      pipeline.accept(Date.now(), `${i} ${'x'.repeat(1_000_000)}`);
      await diskIdle();
    }
    for (const file of filesIn(spoolDirectory)) rmSync(file);
    await pipeline.close();
    const { accepted, spooled, dropped, pending } = pipeline.counts();
    t.deepEqual({ accepted, pending }, { accepted: 12, pending: 0 });
    t.is(spooled + dropped.closed + dropped.unreadable, 12);
    t.is(filesIn(spoolDirectory).flatMap(eventsIn).length, spooled);
    t.true(spooled < 12 && dropped.closed + dropped.unreadable > 0);
    t.true(pipeline.problems().includes('not-delivered'));
  },
);

const eventsIn = (file: string) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('{"timestamp"'));

for (const code of ['EMFILE', 'EIO', 'ENOMEM', 'EBUSY']) {
  test.serial(`a batch that cannot be read because of ${code} waits and is read again`, async (t) => {
    const local = await startLocal(t);
    const spoolDirectory = spoolFolder(t);
    const end = local.fault({ kind: 'throttle' });
    const pipeline = openPipeline(local, { spoolDirectory, maxBufferBytes: 8 * MIB, maxInFlight: 1 });
    for (const i of range(12)) {
      pipeline.accept(Date.now(), `${i} ${'x'.repeat(1_000_000)}`);
      await diskIdle();
    }
    const { open } = fs.promises;
    const patch = (changes: object) => {
      Object.assign(fs.promises, changes);
      syncBuiltinESMExports();
    };
    t.teardown(() => patch({ open }));
    let refusals = 0;
    const refusing = (path: string, ...rest: unknown[]) => {
      if (!path.endsWith('.ndjson')) return Reflect.apply(open, fs.promises, [path, ...rest]);
      refusals++;
      return Promise.reject(Object.assign(new Error(`${code}, on purpose`), { code }));
    };
    patch({ open: refusing });
    end();
    await until('the report of the refusals', () => refusals > 3 && pipeline.problems().includes('spool'));
    patch({ open });
    await pipeline.close();
    t.deepEqual(pipeline.counts(), allDelivered(12));
    t.deepEqual(readdirSync(spoolDirectory), []);
  });
}

test.serial(
  'a relative spoolDirectory stays the same when the application changes its working directory',
  async (t) => {
    const local = await startLocal(t);
    const [here, there, before] = [spoolFolder(t), spoolFolder(t), process.cwd()];
    t.teardown(() => process.chdir(before));
    process.chdir(here);
    const pipeline = openPipeline(local, { spoolDirectory: 'spool' });
    process.chdir(there);
    pipeline.accept(Date.now(), 'record');
    await pipeline.close();
    t.deepEqual(readdirSync(join(here, 'spool')), []);
    t.deepEqual(readdirSync(there), []);
  },
);

test.serial(
  'segments that do not fit into spoolMaxBytes stay with the dead process until there is room',
  async (t) => {
    const local = await startLocal(t);
    const spoolDirectory = spoolFolder(t);
    for (const who of ['a', 'b', 'c']) {
      const text = `${who} ${'x'.repeat(1_000_000)}`;
      await leaveBehind(
        local,
        spoolDirectory,
        { logStreamName: who },
        range(4).map(() => [Date.now(), text] as const),
      );
    }
    const clock = new ManualClock(Date.now());
    const pipeline = openPipeline(local, { spoolDirectory, spoolMaxBytes: 8 * MIB }, { clock });
    await until('8 events', () => local.count('/test/app') >= 8);
    await pipeline.flush();
    t.is(local.count('/test/app'), 8);
    // The next scan.
    await clock.advance(11_000);
    await until('12 events', () => local.count('/test/app') >= 12);
    await pipeline.close();
    t.deepEqual(pipeline.counts(), allDelivered(12));
    t.deepEqual(readdirSync(spoolDirectory), []);
  },
);

test.serial('a closed pipeline does not scan for dead processes', async (t) => {
  const local = await startLocal(t);
  const spoolDirectory = spoolFolder(t);
  local.fault({ kind: 'throttle' });
  const living = openPipeline(local, { spoolDirectory });
  living.accept(Date.now(), 'record');
  await until('something on disk', () => bytesIn(spoolDirectory) > 0);
  const clock = new ManualClock(Date.now());
  const pipeline = openPipeline(local, { spoolDirectory }, { clock });
  // The next scan is scheduled.
  await diskIdle();
  await until('a timer', () => clock.timers > 0);
  await pipeline.close();
  t.is(clock.timers, 0);
  local.clearFaults();
  await living.close();
});

test.serial(
  'in an outage events wait on disk, not in memory, and all arrive, the oldest first',
  async (t) => {
    const local = await startLocal(t, { keepEvents: true });
    const spoolDirectory = spoolFolder(t);
    const end = local.fault({ kind: 'throttle' });
    const pipeline = openPipeline(local, { spoolDirectory, maxBufferBytes: 8 * MIB, maxInFlight: 1 });
    collectGarbage();
    const before = process.memoryUsage().arrayBuffers;
    // Five times what memory may hold.
    for (const i of range(40)) {
      pipeline.accept(Date.now(), `${i} ${'x'.repeat(1_000_000)}`);
      // A process that logs faster than the disk writes would have to drop events.
      await diskIdle();
    }
    await until(
      'memory to be given back',
      () => process.memoryUsage().arrayBuffers - before <= 12 * MIB,
      collectGarbage,
    );
    end();
    await pipeline.close();
    t.deepEqual(pipeline.counts(), allDelivered(40));
    const order = puts(local).filter(({ status }) => status === 200);
    t.is(order.length, 40);
    t.deepEqual(
      local.events('/test/app').map(({ message }) => Number.parseInt(message, 10)),
      range(40),
    );
    t.deepEqual(readdirSync(spoolDirectory), []);
  },
);

test.serial('batches that are only on disk are not dropped when memory is short', async (t) => {
  const local = await startLocal(t);
  const end = local.fault({ kind: 'throttle' });
  const options = { spoolDirectory: spoolFolder(t), maxBufferBytes: 8 * MIB, maxInFlight: 1 };
  const pipeline = openPipeline(local, options);
  const log = (i: number) => pipeline.accept(Date.now(), `${i} ${'x'.repeat(1_000_000)}`);
  for (const i of range(20)) {
    log(i);
    await diskIdle();
  }
  // More than memory may hold, in one turn of the event loop, in which the disk takes nothing.
  for (const i of range(20)) log(20 + i);
  end();
  await pipeline.close();
  const there = local.events('/test/app').map(({ message }) => Number.parseInt(message, 10));
  t.deepEqual(there.slice(0, 19), range(19), 'all but the batch that was open');
  t.is(there.at(-2), 39, 'the loss notice follows');
  const { accepted, delivered, dropped } = pipeline.counts();
  t.is(delivered + dropped.bufferFull, accepted);
  t.true(dropped.bufferFull > 0);
});

test.serial('above spoolMaxBytes the oldest batches are dropped and counted, and no others', async (t) => {
  const local = await startLocal(t);
  const spoolDirectory = spoolFolder(t);
  const end = local.fault({ kind: 'throttle' });
  const pipeline = openPipeline(local, { spoolDirectory, spoolMaxBytes: 8 * MIB, maxInFlight: 1 });
  for (const i of range(20)) {
    pipeline.accept(Date.now(), `${i} ${'x'.repeat(1_000_000)}`);
    await diskIdle();
    // The limit does not count what is open or in flight, and files are removed a little later.
    await until('room in the spool', () => bytesIn(spoolDirectory) <= 10 * MIB);
  }
  end();
  await pipeline.close();
  const { accepted, delivered, dropped } = pipeline.counts();
  t.is(accepted, 21, 'with the loss notice');
  t.true(dropped.spoolFull >= 10 && dropped.spoolFull <= 13, `${dropped.spoolFull}`);
  t.is(delivered + dropped.spoolFull, 21);
  const there = messages(local).filter((message) => !message.startsWith('{'));
  const numbers = there.map((message) => Number.parseInt(message, 10));
  // The batch that was in flight when the others were dropped is older than they are.
  t.deepEqual(numbers.slice(-7), [13, 14, 15, 16, 17, 18, 19]);
  t.true(pipeline.problems().includes('spool-full'));
  t.deepEqual(readdirSync(spoolDirectory), []);
});

test.serial('spoolMaxBytes limits the number of batches too, however small they are', async (t) => {
  const local = await startLocal(t);
  const spoolDirectory = spoolFolder(t);
  local.fault({ kind: 'throttle', operation: '*' });
  const pipeline = openPipeline(local, {
    spoolDirectory,
    spoolMaxBytes: 8 * MIB,
    logStreamName: '{record.tenant}',
    maxLogStreams: 5000,
    closeTimeoutMs: 0,
  });
  for (const tenant of range(2000)) {
    pipeline.accept(Date.now(), JSON.stringify({ tenant }));
    // Lets files be closed, so that not all are open at once.
    if (tenant % 100 === 0) await diskIdle();
  }
  await diskIdle();
  t.true(filesIn(spoolDirectory).length <= 1024, `${filesIn(spoolDirectory).length} files`);
  await pipeline.close();
  const { accepted, dropped, spooled } = pipeline.counts();
  t.is(dropped.spoolFull + spooled, accepted);
  t.true(spooled > 1000, `${spooled}`);
});

test.serial('a failure to close a file is reported, and later events are written', async (t) => {
  const local = await startLocal(t);
  const spoolDirectory = spoolFolder(t);
  const { close } = fs;
  const failing = (fd: number, done: fs.NoParamCallback = () => undefined) =>
    close(fd, () => done(new Error('EIO, on purpose')));
  fs.close = Object.assign(failing, close);
  t.teardown(() => {
    fs.close = close;
  });
  const options = { spoolDirectory, logStreamName: '{record.tenant}', maxLogStreams: 5000, maxInFlight: 40 };
  const pipeline = openPipeline(local, options);
  // More segments than may be waiting to be closed.
  for (const tenant of range(700)) pipeline.accept(Date.now(), JSON.stringify({ tenant }));
  await pipeline.flush();
  await until('a problem report', () => pipeline.problems().length > 0);
  fs.close = close;
  t.deepEqual(pipeline.problems(), ['spool']);
  local.fault({ kind: 'throttle', operation: '*' });
  pipeline.accept(Date.now(), JSON.stringify({ tenant: 'later' }));
  await new Promise(setImmediate);
  await diskIdle();
  t.is(filesIn(spoolDirectory).length, 1);
  local.clearFaults();
  await pipeline.close();
  t.is(pipeline.counts().delivered, 701);
});

test.serial('without a usable folder events wait in memory, and one report says so', async (t) => {
  const local = await startLocal(t);
  const file = join(spoolFolder(t), 'file');
  writeFileSync(file, '');
  const pipeline = openPipeline(local, { spoolDirectory: file });
  for (const i of range(10)) pipeline.accept(Date.now(), `record ${i}`);
  await pipeline.flush();
  t.deepEqual(pipeline.counts(), allDelivered(10));
  t.deepEqual(pipeline.problems(), ['spool']);
});

test.serial('no event is lost when the spool directory is removed', async (t) => {
  const local = await startLocal(t);
  const spoolDirectory = spoolFolder(t);
  const pipeline = openPipeline(local, { spoolDirectory });
  await diskIdle();
  rmSync(spoolDirectory, { recursive: true });
  for (const i of range(10)) {
    pipeline.accept(Date.now(), `record ${i}`);
    if (i % 2) await pipeline.flush();
  }
  await pipeline.close();
  t.deepEqual(pipeline.counts(), allDelivered(10));
  t.deepEqual(pipeline.problems(), []);
});

for (const logger of ['pino', 'winston']) {
  test.serial(
    `${logger}: a full disk is reported, and the events wait in memory until they arrive`,
    async (t) => {
      const local = await startLocal(t);
      // If the service answered before, the events might arrive before the disk is asked to take them.
      const end = local.fault({ kind: 'throttle' });
      const { code, stderr } = await runWithFullDisk(t, local, logger, (text) => {
        if (DISK_REPORT.test(text)) end();
      });
      t.is(code, 0, stderr);
      t.regex(stderr, DISK_REPORT);
      t.is(new Set(messages(local)).size, 3000);
    },
  );

  test.serial(`${logger}: a full disk loses no event while the service is available`, async (t) => {
    const local = await startLocal(t);
    const { code, stderr } = await runWithFullDisk(t, local, logger);
    t.is(code, 0, stderr);
    t.is(new Set(messages(local)).size, 3000, stderr);
  });
}

const DISK_REPORT = /putlogs: spool: The disk does not take events\. They wait only in memory.* \(EFBIG/;

function runWithFullDisk(
  t: ExecutionContext,
  local: Local,
  logger: string,
  onErrorOutput?: (stderr: string) => void,
) {
  return runFixture(local, 'app.js', [logger, 'natural end', '3000'], {
    env: { PUTLOGS_SPOOL_DIRECTORY: spoolFolder(t) },
    // Less than the 3,000 records take.
    maxFileBlocks: 100,
    ...(onErrorOutput && { onErrorOutput }),
  });
}
