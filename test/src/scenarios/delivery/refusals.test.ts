import fs, {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { messages, puts, range, startLocal } from '../../support/harness.js';
import { allDelivered, createGroup, openPipeline } from '../../support/pipeline.js';
import { filesIn, linesIn, spoolFolder } from '../../support/spool-folder.js';
import { until } from '../../support/until.js';

const DAY = 86_400_000;
const HOUR = 3_600_000;
/** Noon of yesterday. */
const NOON = (Math.floor(Date.now() / DAY) - 0.5) * DAY;
/** By this clock, events of noon are too old. */
const TOO_LATE = { now: () => NOON + 20 * DAY };

interface Letter {
  readonly reason: string;
  readonly at: string;
  readonly logGroupName: string;
  readonly logStreamName: string;
  readonly timestamp: number;
  readonly message: string;
}

function letterFile(t: ExecutionContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'putlogs-dead-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'made', 'dead.ndjson');
}

const lettersIn = (file: string) =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Letter);

for (const [what, age, retentionInDays, reason, refused] of [
  ['too old', 14 * DAY + 3 * HOUR, 14, 'tooOld', [0, 1, 2]],
  ['too new', 6 * HOUR, 14, 'tooNew', [9]],
  ['expired', DAY + 4 * HOUR, 1, 'expired', [0, 1, 2, 3]],
  ['all too old', 20 * DAY, 14, 'tooOld', range(10)],
] as const) {
  test(`exactly the events that are ${what} are in the dead letters`, async (t) => {
    const first = NOON - 3 * HOUR;
    const local = await startLocal(t, { now: () => first + age });
    await createGroup(local, retentionInDays);
    const deadLetterFile = letterFile(t);
    const pipeline = openPipeline(local, { deadLetterFile, logStreamName: 'one' });
    for (const i of range(10)) pipeline.accept(Date.now(), `${i}\n"quoted"`, first + i * HOUR);
    await pipeline.close();
    const letters = lettersIn(deadLetterFile);
    t.deepEqual(
      letters.map(({ message }) => Number.parseInt(message, 10)),
      [...refused],
    );
    for (const letter of letters) {
      const i = Number.parseInt(letter.message, 10);
      t.is(letter.message, `${i}\n"quoted"`);
      t.is(letter.timestamp, first + i * HOUR);
      t.is(letter.reason, reason);
      t.is(letter.logGroupName, '/test/app');
      t.is(letter.logStreamName, 'one');
      t.false(Number.isNaN(Date.parse(letter.at)));
    }
    t.is(pipeline.counts().rejected[reason], refused.length);
    t.is(messages(local).length, 10 - refused.length);
    t.is(statSync(deadLetterFile).mode & 0o777, 0o600);
    t.is(statSync(join(deadLetterFile, '../..')).mode & 0o777, 0o700);
  });
}

test('beyond deadLetterMaxBytes the oldest dead letters are removed', async (t) => {
  const local = await startLocal(t, TOO_LATE);
  const deadLetterFile = letterFile(t);
  const deadLetterMaxBytes = 1024 * 1024;
  const pipeline = openPipeline(local, { deadLetterFile, deadLetterMaxBytes });
  for (const i of range(30)) {
    pipeline.accept(NOON, `${i} ${'x'.repeat(100_000)}`);
    await pipeline.flush();
  }
  await pipeline.close();
  const older = lettersIn(`${deadLetterFile}.1`);
  const newer = lettersIn(deadLetterFile);
  const numbers = [...older, ...newer].map(({ message }) => Number.parseInt(message, 10));
  t.deepEqual(numbers, range(30).slice(-numbers.length), 'in order, up to the newest');
  t.true(numbers.length >= 5 && numbers.length <= 10);
  t.true(statSync(deadLetterFile).size + statSync(`${deadLetterFile}.1`).size <= deadLetterMaxBytes);
});

test('dead letters are appended to those of an earlier process', async (t) => {
  const local = await startLocal(t, TOO_LATE);
  const deadLetterFile = letterFile(t);
  for (const text of ['first', 'second']) {
    const pipeline = openPipeline(local, { deadLetterFile });
    pipeline.accept(NOON, text);
    await pipeline.close();
  }
  t.deepEqual(
    lettersIn(deadLetterFile).map(({ message }) => message),
    ['first', 'second'],
  );
});

test('a dead-letter file that cannot be written is reported once, and events are still counted', async (t) => {
  const local = await startLocal(t, TOO_LATE);
  const file = join(letterFile(t), '../..', '../..', 'file');
  writeFileSync(file, '');
  const pipeline = openPipeline(local, { deadLetterFile: join(file, 'dead.ndjson') });
  for (const i of range(3)) {
    pipeline.accept(NOON, `${i}`);
    await pipeline.flush();
  }
  await pipeline.close();
  t.is(pipeline.counts().rejected.tooOld, 3);
  t.deepEqual(pipeline.problems().toSorted(), ['dead-letters', 'rejected-events', 'rejected-events']);
});

test('dead letters are written again after an obstacle to the rotation is gone', async (t) => {
  const local = await startLocal(t, TOO_LATE);
  const deadLetterFile = letterFile(t);
  const pipeline = openPipeline(local, { deadLetterFile, deadLetterMaxBytes: 1024 * 1024 });
  const refuse = async (text: string) => {
    pipeline.accept(NOON, text.padEnd(400_000, '.'));
    await pipeline.flush();
  };
  await refuse('one');
  await until('the file', () => existsSync(deadLetterFile));
  mkdirSync(`${deadLetterFile}.1`);
  writeFileSync(join(`${deadLetterFile}.1`, 'in the way'), '');
  await refuse('two');
  await until('the report', () => pipeline.problems().includes('dead-letters'));
  rmSync(`${deadLetterFile}.1`, { recursive: true });
  await refuse('three');
  await pipeline.close();
  t.deepEqual(
    lettersIn(deadLetterFile).map(({ message }) => message.slice(0, 5)),
    ['three'],
  );
  t.deepEqual(
    lettersIn(`${deadLetterFile}.1`).map(({ message }) => message.slice(0, 3)),
    ['two'],
  );
});

test('an event stays in the spool until it is in the dead letters', async (t) => {
  const local = await startLocal(t, TOO_LATE);
  const deadLetterFile = letterFile(t);
  const spoolDirectory = spoolFolder(t);
  const pipeline = openPipeline(local, { deadLetterFile, spoolDirectory });
  const removals: boolean[] = [];
  const { rm } = fs.promises;
  const put = (one: typeof rm) => {
    fs.promises.rm = one;
    syncBuiltinESMExports();
  };
  t.teardown(() => put(rm));
  put((path, options) => {
    if (String(path).startsWith(spoolDirectory) && String(path).endsWith('.ndjson'))
      removals.push(existsSync(deadLetterFile) && lettersIn(deadLetterFile).length === 1);
    return rm(path, options);
  });
  local.fault({ kind: 'error503', operation: 'PutLogEvents' });
  pipeline.accept(NOON, 'old');
  await until('a copy on disk', () => linesIn(spoolDirectory) > 0);
  local.clearFaults();
  await pipeline.close();
  t.deepEqual(removals, [true]);
  t.deepEqual(filesIn(spoolDirectory), []);
});

test('all calls of close share one close', async (t) => {
  const local = await startLocal(t, TOO_LATE);
  const pipeline = openPipeline(local, { deadLetterFile: letterFile(t) });
  pipeline.accept(NOON, 'old');
  const first = pipeline.close();
  t.is(pipeline.close(1), first);
  await first;
  t.is(pipeline.close(), first);
});

for (const service of [undefined, 'checkout']) {
  const prefix = service === undefined ? 'without an entity' : 'with an entity';

  for (const [n, bad] of [
    [2, 0],
    [100, 99],
    [1000, 617],
    [10_000, 0],
  ] as const) {
    test(`${prefix}: one bad event of ${n} costs at most 2·log2(n) more requests, and the others arrive`, async (t) => {
      const local = await startLocal(t);
      const deadLetterFile = letterFile(t);
      const pipeline = openPipeline(local, { deadLetterFile, service });
      pipeline.accept(Date.now(), 'opens the stream');
      await pipeline.flush();
      const before = puts(local).length;
      local.fault({ kind: 'poison', text: 'poison' });
      for (const i of range(n)) pipeline.accept(Date.now(), i === bad ? 'poison' : `record ${i}`);
      await pipeline.close();
      const { delivered, rejected, pending } = pipeline.counts();
      t.deepEqual(
        { delivered, invalid: rejected.invalid, pending },
        { delivered: n, invalid: 1, pending: 0 },
      );
      t.is(messages(local).length, n);
      t.false(messages(local).includes('poison'));
      // With an entity the first refused request is sent once more without it, since the entity might be the cause.
      const extra = puts(local).length - before - 1;
      const withoutEntity = service === undefined ? 0 : 1;
      t.true(extra <= 2 * Math.ceil(Math.log2(n)) + withoutEntity, `${extra} requests`);
      t.deepEqual(
        lettersIn(deadLetterFile).map(({ reason, message }) => [reason, message]),
        [['invalid', 'poison']],
      );
      t.deepEqual(pipeline.problems(), ['invalid-event'], 'the entity is not reported');
      t.deepEqual(local.events('/test/app').at(-1)?.entity?.keyAttributes?.Name, service);
    });
  }
}

test('several bad events are each found', async (t) => {
  const local = await startLocal(t);
  const deadLetterFile = letterFile(t);
  const pipeline = openPipeline(local, { deadLetterFile });
  local.fault({ kind: 'poison', text: 'poison' });
  for (const i of range(500)) pipeline.accept(Date.now(), i % 100 === 7 ? `poison ${i}` : `record ${i}`);
  await pipeline.close();
  const { delivered, rejected } = pipeline.counts();
  t.deepEqual({ delivered, invalid: rejected.invalid }, { delivered: 495, invalid: 5 });
  t.deepEqual(
    lettersIn(deadLetterFile).map(({ message }) => message),
    [7, 107, 207, 307, 407].map((i) => `poison ${i}`),
  );
});

// Alone: the tests of many events hold up the event loop, and the end of a pipeline has a deadline.
test.serial('a bad event in the spool of an earlier process is found, and its file is removed', async (t) => {
  const local = await startLocal(t);
  const deadLetterFile = letterFile(t);
  const spoolDirectory = join(deadLetterFile, '../..', '../..', 'spool');
  const end = local.fault({ kind: 'throttle', operation: '*' });
  const first = openPipeline(local, { spoolDirectory, closeTimeoutMs: 0 });
  for (const i of range(50)) first.accept(Date.now(), i === 20 ? 'poison' : `record ${i}`);
  await first.close();
  end();
  local.fault({ kind: 'poison', text: 'poison' });
  const second = openPipeline(local, { spoolDirectory, deadLetterFile });
  await second.close();
  t.deepEqual(second.counts(), {
    ...allDelivered(50),
    delivered: 49,
    rejected: { tooOld: 0, expired: 0, tooNew: 0, invalid: 1 },
  });
  t.deepEqual(readdirSync(spoolDirectory), []);
  t.deepEqual(
    lettersIn(deadLetterFile).map(({ message }) => message),
    ['poison'],
  );
});
