import fs, { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeadLetterFile, Reporter } from '@putlogs/core/internal';
import test from 'ava';
import { ManualClock } from '../../support/manual-clock.js';
import { until } from '../../support/until.js';

test.serial('a dead letter that is added while the file is being closed is written too', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'putlogs-letters-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'letters.ndjson');
  const { open } = fs.promises;
  const held: (() => void)[] = [];
  const put = (one: typeof open) => {
    fs.promises.open = one;
    syncBuiltinESMExports();
  };
  t.teardown(() => put(open));
  put(async (...args) => {
    const file = await open(...args);
    const { close } = file;
    file.close = async () => {
      await new Promise<void>((resolve) => held.push(resolve));
      await close();
    };
    return file;
  });
  const letters = new DeadLetterFile(path, 1e6, new Reporter(() => undefined, false, new ManualClock()));
  const address = { logGroupName: '/group', logStreamName: 'stream', entity: undefined };
  letters.add('invalid', address, ['{"timestamp":1,"message":"first"}']);
  await until('the close of the file', () => held.length > 0);
  put(open);
  letters.add('invalid', address, ['{"timestamp":2,"message":"second"}']);
  for (const resume of held) resume();
  await until('the second dead letter', () => readFileSync(path, 'utf8').includes('second'));
  t.is(readFileSync(path, 'utf8').trimEnd().split('\n').length, 2);
});

test.serial('written() tells whether the disk has what was added, and a later try writes it', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'putlogs-letters-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'letters.ndjson');
  const reporter = new Reporter(() => undefined, false, new ManualClock());
  const letters = new DeadLetterFile(path, Number.POSITIVE_INFINITY, reporter);
  const address = { logGroupName: '/group', logStreamName: 'stream', entity: undefined };
  t.true(await letters.written());
  mkdirSync(path);
  letters.add('invalid', address, ['{"timestamp":1,"message":"first"}']);
  t.false(await letters.written());
  t.true(letters.waitingBytes > 0);
  rmSync(path, { recursive: true });
  t.true(await letters.written());
  t.is(letters.waitingBytes, 0);
  t.regex(readFileSync(path, 'utf8'), /"message":"first"\}\n$/);
});

test.serial('a file without a limit takes more than 16 MiB at once, and is never renamed', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'putlogs-letters-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'letters.ndjson');
  const problems: unknown[] = [];
  const reporter = new Reporter((report) => problems.push(report), false, new ManualClock());
  const letters = new DeadLetterFile(path, Number.POSITIVE_INFINITY, reporter);
  const address = { logGroupName: '/group', logStreamName: 'stream', entity: undefined };
  const event = JSON.stringify({ timestamp: 1, message: 'x'.repeat(1024 * 1024) });
  for (let i = 0; i < 20; i++) letters.add('invalid', address, [event]);
  t.true(await letters.written());
  t.true(statSync(path).size > 20 * 1024 * 1024);
  t.deepEqual(problems, []);
});
