import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { messages, puts, startLocal } from '../../support/harness.js';
import { allDelivered, openPipeline } from '../../support/pipeline.js';
import { until } from '../../support/until.js';

test.serial('credentials that appear later in a file are found, and events wait for them', async (t) => {
  const local = await startLocal(t);
  const folder = mkdtempSync(join(tmpdir(), 'putlogs-credentials-'));
  const file = join(folder, 'credentials');
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SHARED_CREDENTIALS_FILE } = process.env;
  t.teardown(() => {
    Object.assign(process.env, { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SHARED_CREDENTIALS_FILE });
    rmSync(folder, { recursive: true });
  });
  delete process.env.AWS_ACCESS_KEY_ID;
  delete process.env.AWS_SECRET_ACCESS_KEY;
  process.env.AWS_SHARED_CREDENTIALS_FILE = file;
  const pipeline = openPipeline(local);
  pipeline.accept(Date.now(), 'waits');
  const flushed = pipeline.flush();
  await until('the report', () => pipeline.problems().includes('denied'));
  writeFileSync(file, '[default]\naws_access_key_id = LATE\naws_secret_access_key = late\n');
  await flushed;
  t.deepEqual(messages(local), ['waits']);
  t.deepEqual(pipeline.counts(), allDelivered(1));
  t.deepEqual(pipeline.problems(), ['denied']);
});

test.serial('a host clock that is an hour off is corrected and reported', async (t) => {
  for (const hours of [1, -1]) {
    const local = await startLocal(t, { signingClock: () => Date.now() + hours * 3_600_000 });
    const pipeline = openPipeline(local);
    for (const text of ['one', 'two']) {
      pipeline.accept(Date.now(), text);
      await pipeline.flush();
    }
    t.deepEqual(messages(local), ['one', 'two']);
    const refused = puts(local).filter(({ errorType }) => errorType === 'InvalidSignatureException');
    t.is(refused.length, 1, 'the second batch is signed with the right time');
    const [problem] = pipeline.reports.filter((report) => report.kind === 'problem');
    t.deepEqual(pipeline.problems(), ['clock'], 'one report');
    const direction = hours > 0 ? 'behind' : 'ahead of';
    t.regex(
      problem?.message ?? '',
      new RegExp(`^The clock of this host is 1 hour ${direction} that of CloudWatch Logs\\. .*Set the clock`),
    );
  }
});
