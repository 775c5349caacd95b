import type { Local } from '@putlogs/local';
import test from 'ava';
import { operations, range, startLocal } from '../../support/harness.js';
import { allDelivered, createGroup, openPipeline } from '../../support/pipeline.js';

/** One request at a time, so that each learns from the one before. */
const options = { logStreamName: '{record.tenant}', maxInFlight: 1 };

type Pipeline = ReturnType<typeof openPipeline>;

/** Delivers a record of each tenant. @returns the operations of all requests */
async function deliver(local: Local, pipeline: Pipeline, tenants: readonly string[], more = {}) {
  const before = local.requests.length;
  for (const tenant of tenants) pipeline.accept(Date.now(), JSON.stringify({ tenant, ...more }));
  await pipeline.flush();
  return operations(local).slice(before);
}

const numbered = (prefix: string, count: number) => range(count).map((i) => `${prefix}${i}`);

test('after a log stream was missing, the next new one is created before the first write', async (t) => {
  const local = await startLocal(t);
  await createGroup(local, 7);
  const pipeline = openPipeline(local, options);
  t.deepEqual(await deliver(local, pipeline, numbered('a', 3)), [
    ...['PutLogEvents', 'CreateLogStream', 'PutLogEvents'],
    ...['CreateLogStream', 'PutLogEvents'],
    ...['CreateLogStream', 'PutLogEvents'],
  ]);
  t.deepEqual(await deliver(local, pipeline, numbered('a', 3)), range(3).fill('PutLogEvents' as never));
});

test('after a log stream existed, the next new one is written to at once', async (t) => {
  const local = await startLocal(t);
  await deliver(local, openPipeline(local, options), numbered('a', 3));
  const pipeline = openPipeline(local, options);
  t.deepEqual(await deliver(local, pipeline, numbered('a', 2)), ['PutLogEvents', 'PutLogEvents']);
  await deliver(local, pipeline, ['b']); // missing
  t.deepEqual(await deliver(local, pipeline, ['a2']), ['CreateLogStream', 'PutLogEvents']); // exists
  await deliver(local, openPipeline(local, options), ['a3']);
  t.deepEqual(await deliver(local, pipeline, ['a3']), ['PutLogEvents']);
});

test('a new log stream for records of several services is created once', async (t) => {
  const local = await startLocal(t);
  const pipeline = openPipeline(local, { ...options, serviceField: 'service', environment: 'test' });
  await deliver(local, pipeline, numbered('a', 2), { service: 'cart' });
  t.deepEqual(await deliver(local, pipeline, numbered('a', 2), { service: 'search' }), [
    'PutLogEvents',
    'PutLogEvents',
  ]);
});

test('an existing log stream takes events even if creating is denied', async (t) => {
  const local = await startLocal(t);
  await deliver(local, openPipeline(local, options), ['existing']);
  const pipeline = openPipeline(local, options);
  await deliver(local, pipeline, ['new']);
  local.fault({ kind: 'accessDenied', operation: 'CreateLogStream' });
  t.deepEqual(await deliver(local, pipeline, ['existing']), ['CreateLogStream', 'PutLogEvents']);
  t.deepEqual(pipeline.problems(), []);
  t.deepEqual(pipeline.counts(), allDelivered(2));
});

test('a creation that is throttled is tried again before the first write', async (t) => {
  const local = await startLocal(t);
  const pipeline = openPipeline(local, options);
  await deliver(local, pipeline, ['a']);
  local.fault({ kind: 'throttle', operation: 'CreateLogStream', times: 2 });
  t.deepEqual(await deliver(local, pipeline, ['b']), [
    ...['CreateLogStream', 'CreateLogStream', 'CreateLogStream'],
    'PutLogEvents',
  ]);
  t.deepEqual(pipeline.counts(), allDelivered(2));
});
