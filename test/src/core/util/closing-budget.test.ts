import type { Worker } from 'node:worker_threads';
import { closingBudget, MAX_CLOSE_TIMEOUT_MS, RestartingChannel } from '@putlogs/core/internal';
import { Reporter, resolveConfig } from '@putlogs/core/main-thread';
import test, { type ExecutionContext } from 'ava';
import { optionsFor, puts, range, startLocal } from '../../support/harness.js';
import { holdWrites } from '../../support/held-writes.js';
import { ManualClock } from '../../support/manual-clock.js';
import { openPipeline } from '../../support/pipeline.js';
import { bytesIn, spoolFolder } from '../../support/spool-folder.js';
import { until, untilResolved } from '../../support/until.js';

/** More than anything takes. */
const LONG_MS = 20_000;

/** @returns when the close of a pipeline ends whose service and disk do not respond */
async function slowestClose(t: ExecutionContext, closeTimeoutMs: number): Promise<number> {
  const local = await startLocal(t);
  const clock = new ManualClock(Date.now());
  const spoolDirectory = spoolFolder(t);
  const pipeline = openPipeline(local, { spoolDirectory, closeTimeoutMs }, { clock });
  pipeline.accept(clock.now(), 'on disk');
  await until('something on disk', () => bytesIn(spoolDirectory) > 0);
  local.fault({ kind: 'hang' });
  const { held, resume } = holdWrites(t);
  pipeline.accept(clock.now(), 'held');
  await until('a held write', () => held.length > 0);
  const startedAt = clock.monotonic();
  const closed = pipeline.close().then(() => clock.monotonic() - startedAt);
  await clock.advance(LONG_MS);
  resume();
  return untilResolved('the close', closed);
}

/** @returns when the close of a channel gives up a worker that does not answer */
async function givenUpAfter(t: ExecutionContext, closeTimeoutMs: number): Promise<number> {
  const local = await startLocal(t);
  local.fault({ kind: 'hang' });
  const clock = new ManualClock();
  const config = resolveConfig({ ...optionsFor(local), flushIntervalMs: 1, closeTimeoutMs });
  const reporter = new Reporter(() => undefined, false, clock);
  const channel = new RestartingChannel(true, {
    config,
    clock,
    reporter,
    fallback: undefined,
    report: () => undefined,
  });
  const started = new Promise<Worker>((resolve) => process.once('worker', resolve));
  channel.write([Date.now(), 'a record']);
  const worker = await started;
  await until('the request', () => puts(local).length > 0);
  worker.removeAllListeners('message'); // its answer does not arrive
  const terminate = worker.terminate.bind(worker);
  const startedAt = clock.monotonic();
  const givenUp = new Promise<number>((resolve) => {
    worker.terminate = () => {
      resolve(clock.monotonic() - startedAt);
      return terminate();
    };
  });
  const closed = channel.close();
  await clock.advance(LONG_MS);
  await closed;
  return givenUp;
}

for (const closeTimeoutMs of [0, 1000, 8500]) {
  test.serial(
    `closeTimeoutMs ${closeTimeoutMs}: a worker whose service and disk do not respond is not given up before its pipeline has closed`,
    async (t) => {
      const closedAfter = await slowestClose(t, closeTimeoutMs);
      t.is(closedAfter, closeTimeoutMs + closingBudget(closeTimeoutMs).lastWritesMs + 500);
      t.is(await givenUpAfter(t, closeTimeoutMs), closedAfter + 100);
    },
  );
}

test('whatever closeTimeoutMs is, all is over within the ten seconds that thread-stream and Docker allow', (t) => {
  const tooLong = range(MAX_CLOSE_TIMEOUT_MS + 1).filter((closeTimeoutMs) => {
    const { lastWritesMs, lastLinesMs, workerMs } = closingBudget(closeTimeoutMs);
    const isOver = closeTimeoutMs + workerMs + 100 > 10_000;
    return isOver || lastLinesMs > lastWritesMs + 500 || lastWritesMs < 800;
  });
  t.deepEqual(tooLong, []);
});
