import type { Local } from '@putlogs/local';
import test from 'ava';
import { messages, puts, range, startLocal } from '../../support/harness.js';
import { ManualClock, settled } from '../../support/manual-clock.js';
import { allDelivered, openPipeline } from '../../support/pipeline.js';
import { until, untilResolved } from '../../support/until.js';

/** No request times out and none waits for the thread pool, so that only pauses delay requests. */
const OPTIONS = { requestTimeoutMs: 300_000, gzip: false, logStreamName: 'one' } as const;

/** Waits until no more requests arrive, while the clock stands still. */
async function requestsStop(local: Local): Promise<void> {
  let seen = -1;
  await until(
    'requests to stop',
    () => puts(local).length === seen,
    async () => {
      seen = puts(local).length;
      for (let i = 0; i < 500; i++) await settled();
    },
  );
}

for (const [n, service] of [
  [1000, undefined],
  [10_000, 'checkout'],
] as const) {
  test(`if all of ${n} events are refused, a few are rejected; the others wait, one request a pause, and arrive once`, async (t) => {
    const local = await startLocal(t);
    const clock = new ManualClock(Date.now());
    const pipeline = openPipeline(local, { ...OPTIONS, service }, { clock, random: () => 0.5 });
    pipeline.accept(Date.now(), 'opens the stream');
    await pipeline.flush();
    local.fault({ kind: 'poison', text: 'record' });
    const before = puts(local).length;
    for (const i of range(n)) pipeline.accept(Date.now(), `record ${i}`);
    void pipeline.flush();
    await until(
      'the report',
      () => pipeline.problems().includes('refused'),
      () => clock.advance(0),
    );
    t.true(puts(local).length - before <= 80, `${puts(local).length - before} requests`);
    // Batches that were in flight when the pause began are refused, too.
    await requestsStop(local);
    for (const _ of range(8)) {
      const before = puts(local).length;
      await until(
        'the next request',
        () => puts(local).length > before,
        () => clock.advance(100),
      );
      await requestsStop(local);
      t.is(puts(local).length, before + 1, 'one request until the next pause is over');
    }
    local.clearFaults();
    const invalid = () => pipeline.reports.at(-1)?.counts.rejected.invalid ?? 0;
    await until(
      'the others',
      () => local.count('/test/app') === n + 1 - invalid(),
      () => clock.advance(100),
    );
    await pipeline.flush();
    t.true(invalid() <= 10, `${invalid()} were rejected`);
    t.deepEqual(pipeline.counts(), {
      ...allDelivered(n + 1),
      delivered: n + 1 - invalid(),
      rejected: { tooOld: 0, expired: 0, tooNew: 0, invalid: invalid() },
    });
    t.is(new Set(messages(local)).size, messages(local).length);
    await pipeline.close();
  });
}

test('bad events are all rejected once a good batch shows that not everything is refused', async (t) => {
  const local = await startLocal(t);
  const clock = new ManualClock(Date.now());
  const pipeline = openPipeline(local, OPTIONS, { clock, random: () => 0.5 });
  pipeline.accept(Date.now(), 'opens the stream');
  await pipeline.flush();
  local.fault({ kind: 'poison', text: 'bad' });
  for (const i of range(64)) pipeline.accept(Date.now(), `bad ${i}`);
  void pipeline.flush();
  await until(
    'the report',
    () => pipeline.problems().includes('refused'),
    () => clock.advance(0),
  );
  pipeline.accept(Date.now(), 'good');
  await untilResolved('the flush', pipeline.flush(), () => clock.advance(100));
  t.deepEqual(messages(local), ['opens the stream', 'good']);
  t.is(pipeline.counts().rejected.invalid, 64);
  t.is(pipeline.counts().pending, 0);
  await pipeline.close();
});

test('after five single events were refused in a row, everything counts as refused', async (t) => {
  const local = await startLocal(t);
  const clock = new ManualClock(Date.now());
  const pipeline = openPipeline(local, { ...OPTIONS, maxInFlight: 1 }, { clock, random: () => 0.5 });
  pipeline.accept(Date.now(), 'opens the stream');
  await pipeline.flush();
  const end = local.fault({ kind: 'poison', text: 'record' });
  const before = puts(local).length;
  for (const i of range(20)) {
    pipeline.accept(Date.now(), `record ${i}`);
    void pipeline.flush();
  }
  await until('the report', () => pipeline.problems().includes('refused'));
  t.is(puts(local).length - before, 5);
  end();
  await untilResolved('the flush', pipeline.flush(), () => clock.advance(100));
  t.is(pipeline.counts().delivered, 16);
  t.is(pipeline.counts().rejected.invalid, 5);
  await pipeline.close();
});
