import fs, { mkdtempSync, readFileSync, rmSync } from 'node:fs';
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
  const address = { logGroupName: '/group', logStreamName: 'stream' };
  letters.add('invalid', address, ['{"timestamp":1,"message":"first"}']);
  await until('the close of the file', () => held.length > 0);
  put(open);
  letters.add('invalid', address, ['{"timestamp":2,"message":"second"}']);
  for (const resume of held) resume();
  await until('the second dead letter', () => readFileSync(path, 'utf8').includes('second'));
  t.is(readFileSync(path, 'utf8').trimEnd().split('\n').length, 2);
});
