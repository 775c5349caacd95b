import { Reporter, WorkerBackpressure, WorkerOutbox, WorkerProgress } from '@putlogs/core/internal';
import test from 'ava';
import { range } from '../../support/harness.js';
import { ManualClock } from '../../support/manual-clock.js';

const NOON = 1_795_521_600_000;

function setUp() {
  const progress = new WorkerProgress();
  const reporter = new Reporter(() => undefined, false, new ManualClock());
  const backpressure = new WorkerBackpressure(8 * 1024 * 1024, reporter);
  const posted: unknown[] = [];
  const outbox = new WorkerOutbox((message) => posted.push(message), progress, backpressure);
  return { progress, backpressure, posted, outbox };
}

test('records of one turn of the event loop are posted as one message', async (t) => {
  const { outbox, posted } = setUp();
  outbox.write(NOON, 'one');
  outbox.write(NOON, 'two', NOON - 1);
  t.deepEqual(posted, []);
  await new Promise(setImmediate);
  t.deepEqual(posted, ['1795521600000 0 3 one1795521600000 1795521599999 3 two']);
});

test('a request is posted at once, after the records before it', (t) => {
  const { outbox, posted } = setUp();
  outbox.write(NOON, 'one');
  outbox.request({ kind: 'flush', id: 1 });
  t.deepEqual(posted, ['1795521600000 0 3 one', { kind: 'flush', id: 1 }]);
});

test('at most about 4 MiB are posted before the worker has received them', (t) => {
  const { outbox, posted, progress } = setUp();
  for (const _ of range(70)) outbox.write(NOON, 'x'.repeat(100_000));
  t.is(posted.length, 42);
  t.true(progress.receive(), 'the main thread asks for a notice');
  outbox.postNext();
  t.is(posted.length, 43);
  outbox.postAll();
  t.is(posted.length, 70);
});

test('the outbox is full beyond the bound, until the worker has received enough', (t) => {
  const { outbox, progress } = setUp();
  for (const _ of range(84)) outbox.write(NOON, 'x'.repeat(100_000));
  t.true(outbox.isFull);
  for (const _ of range(42)) progress.receive();
  t.false(outbox.isFull);
});

test('nothing is posted after the close', async (t) => {
  const { outbox, posted } = setUp();
  outbox.write(NOON, 'one');
  outbox.close();
  await new Promise(setImmediate);
  t.deepEqual(posted, []);
});

test('a closed outbox posts none of its queue when the worker receives more', (t) => {
  const { outbox, posted, progress } = setUp();
  for (const _ of range(70)) outbox.write(NOON, 'x'.repeat(100_000));
  outbox.close();
  for (const _ of range(42)) progress.receive();
  outbox.postNext();
  outbox.postAll();
  t.is(posted.length, 42);
});

test('what the worker receives after the close makes no room beyond the bound', (t) => {
  const { outbox, progress, backpressure } = setUp();
  for (const _ of range(42)) outbox.write(NOON, 'x'.repeat(100_000));
  outbox.close();
  backpressure.clear();
  for (const _ of range(42)) progress.receive();
  outbox.postNext();
  for (const _ of range(84)) backpressure.add('x'.repeat(100_000));
  t.true(backpressure.isFull);
});
