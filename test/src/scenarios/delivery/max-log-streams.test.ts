import { systemClock } from '@putlogs/core/internal';
import type { Local } from '@putlogs/local';
import test from 'ava';
import { puts, range, startLocal } from '../../support/harness.js';
import { allDelivered, openPipeline } from '../../support/pipeline.js';

const GROUP = '/test/app';

/** The numbers of the records in each log stream, in the order of arrival. */
function streams(local: Local): Record<string, number[]> {
  const all: Record<string, number[]> = {};
  for (const { logStreamName, message } of local.events(GROUP)) {
    all[logStreamName] ??= [];
    all[logStreamName].push(JSON.parse(message).i);
  }
  return all;
}

test('beyond maxLogStreams records go to one log stream, which is reported once', async (t) => {
  const local = await startLocal(t);
  let passedMs = 0;
  const clock = { ...systemClock, monotonic: () => systemClock.monotonic() + passedMs };
  const options = {
    logStreamName: '{record.tenant}/{record.level}',
    serviceField: 'service',
    service: 'own',
    environment: 'test',
    maxLogStreams: 3,
  };
  const pipeline = openPipeline(local, options, { clock });
  for (const round of range(3)) {
    for (const i of range(10))
      pipeline.accept(
        Date.now(),
        JSON.stringify({ i: 10 * round + i, tenant: `t${i}`, level: 'info', service: 'cart' }),
      );
    await pipeline.flush();
    passedMs += 2 * 60_000; // the same problem is reported at most once a minute
  }
  const all = streams(local);
  t.deepEqual(Object.keys(all).toSorted(), ['/overflow//overflow', 't0/info', 't1/info', 't2/info']);
  t.deepEqual(all['t0/info'], [0, 10, 20]);
  t.is(all['/overflow//overflow']?.length, 21);
  t.deepEqual(pipeline.counts(), allDelivered(30));
  t.deepEqual(pipeline.problems(), ['log-streams']);
  for (const { logStreamName, entity } of puts(local).filter(({ status }) => status === 200))
    t.is(entity?.keyAttributes?.Name, logStreamName === '/overflow//overflow' ? 'own' : 'cart');
});

test('no field value leads to the overflow log stream', async (t) => {
  const local = await startLocal(t);
  const pipeline = openPipeline(local, { logStreamName: 'app/{record.tenant}', maxLogStreams: 3 });
  const tenants = ['overflow', '/overflow', 'app//overflow', 'one too many'];
  for (const [i, tenant] of tenants.entries()) pipeline.accept(Date.now(), JSON.stringify({ i, tenant }));
  await pipeline.flush();
  t.deepEqual(streams(local), {
    'app/overflow': [0],
    'app/_overflow': [1],
    'app/app__overflow': [2],
    'app//overflow': [3],
  });
});

test('if a record has a field twice, the first one counts, which the application bound', async (t) => {
  const local = await startLocal(t);
  const pipeline = openPipeline(local, {
    logStreamName: '{record.tenant}',
    serviceField: 'req.service',
    service: 'own',
    environment: 'test',
  });
  const bound = '"tenant":"mallory","req":{"service":"shop"}';
  pipeline.accept(Date.now(), `{"i":1,${bound},"tenant":"victim","req":{"service":"bank"}}`);
  pipeline.accept(Date.now(), `{"i":2,${bound},"a":{"tenant":"victim"},"ten\\u0061nt":"victim"}`);
  await pipeline.flush();
  t.deepEqual(streams(local), { mallory: [1, 2] });
  t.is(puts(local).at(-1)?.entity?.keyAttributes?.Name, 'shop');
});

test.serial('a flood of invented tenants does not displace the records of others', async (t) => {
  const local = await startLocal(t);
  const end = local.fault({ kind: 'throttle', operation: 'PutLogEvents' });
  const maxBufferBytes = 8 * 1024 * 1024;
  const pipeline = openPipeline(local, {
    logStreamName: '{record.tenant}',
    maxBufferBytes,
    maxLogStreams: 50,
  });
  const padding = 'x'.repeat(4000);
  let invented = 0;
  for (const i of range(100)) {
    pipeline.accept(Date.now(), JSON.stringify({ i, tenant: 'victim', padding }));
    // Sealed batches are dropped before open ones.
    if (i % 10 === 0) void pipeline.flush();
    for (const _ of range(100))
      pipeline.accept(Date.now(), JSON.stringify({ i, tenant: `invented ${invented++}`, padding }));
    await new Promise(setImmediate);
  }
  end();
  await pipeline.close();
  t.is(local.count(GROUP, 'victim'), 100);
  const { accepted, delivered, dropped, pending } = pipeline.counts();
  t.is(pending, 0);
  t.is(delivered + dropped.bufferFull, accepted);
  t.true(dropped.bufferFull > 5000, `${dropped.bufferFull}`);
});
