import type { Local } from '@putlogs/local';
import test from 'ava';
import { messages, puts, range, startLocal } from '../../support/harness.js';
import { ManualClock, settled } from '../../support/manual-clock.js';
import { allDelivered, openPipeline } from '../../support/pipeline.js';
import { until } from '../../support/until.js';

/** Pauses are what is looked at: no request is given up meanwhile, and none waits for a thread that compresses it. */
const OPTIONS = { requestTimeoutMs: 300_000, gzip: false, logStreamName: 'one' } as const;

/** Until nothing is under way any more, while no time passes. */
async function quiet(local: Local): Promise<void> {
  let asked = -1;
  await until(
    'an end of requests',
    () => puts(local).length === asked,
    async () => {
      asked = puts(local).length;
      for (let i = 0; i < 500; i++) await settled();
    },
  );
}

for (const [n, service] of [
  [1000, undefined],
  [10_000, 'checkout'],
] as const) {
  test(`where each of ${n} events is refused a few are given up; the others wait at a request a pause, told, and arrive once`, async (t) => {
    const local = await startLocal(t);
    const clock = new ManualClock(Date.now());
    const pipeline = openPipeline(local, { ...OPTIONS, service }, { clock, random: () => 0.5 });
    pipeline.accept(Date.now(), 'opens the stream');
    await pipeline.flush();
    local.fault({ kind: 'poison', text: 'record' });
    const asked = puts(local).length;
    for (const i of range(n)) pipeline.accept(Date.now(), `record ${i}`);
    void pipeline.flush();
    await until(
      'the report',
      () => pipeline.problems().includes('refused'),
      () => clock.advance(0),
    );
    t.true(puts(local).length - asked <= 80, `${puts(local).length - asked} requests`);
    // Those that were under way as it began to wait come back, too.
    await quiet(local);
    for (const _ of range(8)) {
      const before = puts(local).length;
      await until(
        'the next try',
        () => puts(local).length > before,
        () => clock.advance(100),
      );
      await quiet(local);
      t.is(puts(local).length, before + 1, 'until the next pause is over');
    }
    local.clearFaults();
    const invalid = () => pipeline.reports.at(-1)?.counts.rejected.invalid ?? 0;
    await until(
      'the others',
      () => local.count('/test/app') === n + 1 - invalid(),
      () => clock.advance(100),
    );
    await pipeline.flush();
    t.true(invalid() <= 10, `${invalid()} were given up`);
    t.deepEqual(pipeline.counts(), {
      ...allDelivered(n + 1),
      delivered: n + 1 - invalid(),
      rejected: { tooOld: 0, expired: 0, tooNew: 0, invalid: invalid() },
    });
    t.is(new Set(messages(local)).size, messages(local).length);
    await pipeline.close();
  });
}

test('bad events that are alone in their batch are all given up as soon as one good batch shows that they are to blame', async (t) => {
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
  let isFlushed = false;
  const flushed = pipeline.flush().then(() => {
    isFlushed = true;
  });
  await until(
    'the end',
    () => isFlushed,
    () => clock.advance(100),
  );
  await flushed;
  t.deepEqual(messages(local), ['opens the stream', 'good']);
  t.is(pipeline.counts().rejected.invalid, 64);
  t.is(pipeline.counts().pending, 0);
  await pipeline.close();
});

test('batches of one bad event each are given up one by one, until it looks as if everything were refused', async (t) => {
  const local = await startLocal(t);
  const clock = new ManualClock(Date.now());
  const pipeline = openPipeline(local, { ...OPTIONS, maxInFlight: 1 }, { clock, random: () => 0.5 });
  pipeline.accept(Date.now(), 'opens the stream');
  await pipeline.flush();
  const end = local.fault({ kind: 'poison', text: 'record' });
  const asked = puts(local).length;
  for (const i of range(20)) {
    pipeline.accept(Date.now(), `record ${i}`);
    void pipeline.flush();
  }
  await until('the report', () => pipeline.problems().includes('refused'));
  t.is(puts(local).length - asked, 5);
  end();
  let isFlushed = false;
  void pipeline.flush().then(() => {
    isFlushed = true;
  });
  await until(
    'the end',
    () => isFlushed,
    () => clock.advance(100),
  );
  t.is(pipeline.counts().delivered, 16);
  t.is(pipeline.counts().rejected.invalid, 5);
  await pipeline.close();
});
