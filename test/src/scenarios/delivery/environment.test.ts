import test from 'ava';
import { startLocal } from '../../support/harness.js';
import { openPipeline } from '../../support/pipeline.js';

test('variables with our prefix that are unknown are told once, by name, and stop nothing', async (t) => {
  const local = await startLocal(t);
  const env = { AWS_EC2_METADATA_DISABLED: 'true', PUTLOGS_GROUP: 'hunter2', PUTLOGS_ENABLED: 'hunter2' };
  const pipeline = openPipeline(local, {}, { env });
  pipeline.accept(Date.now(), 'hello');
  await pipeline.flush();
  pipeline.accept(Date.now(), 'again');
  await pipeline.close();
  t.is(pipeline.counts().delivered, 2);
  t.deepEqual(pipeline.problems(), ['unknown-variable']);
  const told = JSON.stringify(pipeline.reports);
  t.regex(told, /ignored: PUTLOGS_GROUP, PUTLOGS_ENABLED\./);
  t.notRegex(told, /hunter2/);
});

test('without such variables nothing is told', async (t) => {
  const local = await startLocal(t);
  const pipeline = openPipeline(local);
  await pipeline.close();
  t.deepEqual(pipeline.problems(), []);
});
