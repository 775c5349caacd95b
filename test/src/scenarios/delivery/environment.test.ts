import test from 'ava';
import { startLocal } from '../../support/harness.js';
import { openPipeline } from '../../support/pipeline.js';

test('unknown variables with the prefix PUTLOGS_ are reported once, by name only', async (t) => {
  const local = await startLocal(t);
  const env = { AWS_EC2_METADATA_DISABLED: 'true', PUTLOGS_GROUP: 'hunter2', PUTLOGS_ENABLED: 'hunter2' };
  const pipeline = openPipeline(local, {}, { env });
  pipeline.accept(Date.now(), 'hello');
  await pipeline.flush();
  pipeline.accept(Date.now(), 'again');
  await pipeline.close();
  t.is(pipeline.counts().delivered, 2);
  t.deepEqual(pipeline.problems(), ['unknown-variable']);
  const reported = JSON.stringify(pipeline.reports);
  t.regex(reported, /ignored: PUTLOGS_GROUP, PUTLOGS_ENABLED\./);
  t.notRegex(reported, /hunter2/);
});

test('without unknown variables nothing is reported', async (t) => {
  const local = await startLocal(t);
  const pipeline = openPipeline(local);
  await pipeline.close();
  t.deepEqual(pipeline.problems(), []);
});
