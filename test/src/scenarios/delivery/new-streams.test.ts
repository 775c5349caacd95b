import type { Local } from '@putlogs/local';
import test from 'ava';
import { operations, range, startLocal } from '../../support/harness.js';
import { allDelivered, createGroup, openPipeline } from '../../support/pipeline.js';

/** One request after the other, so that each can learn from the one before. */
const options = { logStreamName: '{record.tenant}', maxInFlight: 1 };

type Pipeline = ReturnType<typeof openPipeline>;

/** @returns the requests that it takes to deliver a record of each tenant */
async function deliver(local: Local, pipeline: Pipeline, tenants: readonly string[], more = {}) {
  const before = local.requests.length;
  for (const tenant of tenants) pipeline.accept(Date.now(), JSON.stringify({ tenant, ...more }));
  await pipeline.flush();
  return operations(local).slice(before);
}

const named = (prefix: string, count: number) => range(count).map((i) => `${prefix}${i}`);

test('where one log stream was missing, the next that is new is created before it is written to', async (t) => {
  const local = await startLocal(t);
  await createGroup(local, 7);
  const pipeline = openPipeline(local, options);
  t.deepEqual(await deliver(local, pipeline, named('a', 3)), [
    ...['PutLogEvents', 'CreateLogStream', 'PutLogEvents'],
    ...['CreateLogStream', 'PutLogEvents'],
    ...['CreateLogStream', 'PutLogEvents'],
  ]);
  t.deepEqual(await deliver(local, pipeline, named('a', 3)), range(3).fill('PutLogEvents' as never));
});

test('where one log stream was there, the next that is new is written to at once', async (t) => {
  const local = await startLocal(t);
  await deliver(local, openPipeline(local, options), named('a', 3));
  const pipeline = openPipeline(local, options);
  t.deepEqual(await deliver(local, pipeline, named('a', 2)), ['PutLogEvents', 'PutLogEvents']);
  await deliver(local, pipeline, ['b']); // missing
  t.deepEqual(await deliver(local, pipeline, ['a2']), ['CreateLogStream', 'PutLogEvents']); // is there
  await deliver(local, openPipeline(local, options), ['a3']);
  t.deepEqual(await deliver(local, pipeline, ['a3']), ['PutLogEvents']);
});

test('records of several services in one new log stream: it is created once', async (t) => {
  const local = await startLocal(t);
  const pipeline = openPipeline(local, { ...options, serviceField: 'service', environment: 'test' });
  await deliver(local, pipeline, named('a', 2), { service: 'cart' });
  t.deepEqual(await deliver(local, pipeline, named('a', 2), { service: 'search' }), [
    'PutLogEvents',
    'PutLogEvents',
  ]);
});

test('a log stream that is there takes events where none may be created any more', async (t) => {
  const local = await startLocal(t);
  await deliver(local, openPipeline(local, options), ['there']);
  const pipeline = openPipeline(local, options);
  await deliver(local, pipeline, ['new']);
  local.fault({ kind: 'accessDenied', operation: 'CreateLogStream' });
  t.deepEqual(await deliver(local, pipeline, ['there']), ['CreateLogStream', 'PutLogEvents']);
  t.deepEqual(pipeline.problems(), []);
  t.deepEqual(pipeline.counts(), allDelivered(2));
});

test('a creation that is throttled is tried again before the log stream is written to', async (t) => {
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
