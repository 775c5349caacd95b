import type { Report } from '@putlogs/core';
import { createStream } from '@putlogs/pino';
import test from 'ava';
import pino from 'pino';
import { messages, optionsFor, range, startLocal } from '../../support/harness.js';
import { ManualClock } from '../../support/manual-clock.js';
import { moduleFile } from '../../support/module-file.js';
import { openPipeline } from '../../support/pipeline.js';
import { closeInTime } from '../../support/spool-folder.js';
import { untilResolved } from '../../support/until.js';

/** A record with this many fields, some of them nested. */
function recordOf(fields: number): string {
  const half = fields >> 1;
  const nested = {
    list: range(half),
    inner: Object.fromEntries(range(fields - half).map((i) => [`f${i}`, 'x'])),
  };
  return JSON.stringify({ nested });
}

for (const [fields, told] of [
  [200, []],
  [201, ['insights-fields']],
] as const) {
  test.serial(`a record of ${fields} fields is ${told.length === 0 ? 'not' : ''} told`, async (t) => {
    const local = await startLocal(t);
    const pipeline = openPipeline(local);
    pipeline.accept(Date.now(), recordOf(fields));
    await pipeline.close();
    t.deepEqual(pipeline.problems(), [...told]);
    t.is(messages(local).length, 1);
  });
}

test.serial('one record in a thousand is looked at, and one with too many fields is told once', async (t) => {
  const clock = new ManualClock();
  const now = () => clock.now();
  const local = await startLocal(t, { now, signingClock: now });
  const pipeline = openPipeline(local, { requestTimeoutMs: 300_000 }, { clock });
  const log = (from: number, to: number, fields: number) => {
    for (let i = from; i < to; i++) pipeline.accept(clock.now(), recordOf(fields));
  };
  const told = () => pipeline.problems().filter((code) => code === 'insights-fields').length;
  log(0, 1, 3);
  log(1, 1000, 201);
  t.is(told(), 0);
  log(1000, 2001, 201);
  t.is(told(), 1);
  await untilResolved('the flush', pipeline.flush(), () => clock.advance(1));
  // Any report may come again after a minute.
  await clock.advance(61_000);
  log(2001, 4001, 201);
  await closeInTime(pipeline, clock);
  t.is(told(), 1);
  const report = pipeline.reports.find((one) => one.kind === 'problem' && one.code === 'insights-fields');
  t.regex(
    report?.kind === 'problem' ? report.message : '',
    /^A record has more than 200 fields, .* Logs Insights finds the first 200/,
  );
});

test.serial('what is sent counts, not what was logged', async (t) => {
  const local = await startLocal(t);
  const format = 'export const format = ({ nested }) => JSON.stringify({ count: nested.list.length });';
  const pipeline = openPipeline(local, { module: moduleFile(t, format) });
  pipeline.accept(Date.now(), recordOf(300));
  await pipeline.close();
  t.deepEqual(pipeline.problems(), []);
});

test.serial('other log classes have no fields, and a record of several events is no JSON', async (t) => {
  const local = await startLocal(t);
  const infrequent = openPipeline(local, { logGroupClass: 'INFREQUENT_ACCESS', logGroupName: '/test/ia' });
  infrequent.accept(Date.now(), recordOf(300));
  await infrequent.close();
  t.deepEqual(infrequent.problems(), []);
  const pipeline = openPipeline(local);
  pipeline.accept(Date.now(), JSON.stringify({ list: range(300), text: 'x'.repeat(1_100_000) }));
  await pipeline.close();
  t.deepEqual(pipeline.problems(), []);
});

test.serial('the report comes from a worker as well', async (t) => {
  const local = await startLocal(t);
  const stream = createStream(optionsFor(local));
  const codes: string[] = [];
  stream.on('report', (report: Report) => report.kind === 'problem' && codes.push(report.code));
  pino(stream).info({ rows: range(250) }, 'loaded');
  await stream.close();
  t.deepEqual(codes, ['insights-fields']);
});
