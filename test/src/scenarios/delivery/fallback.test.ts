import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Options } from '@putlogs/core';
import { Counters, DescriptorWriter, LineOutput, systemClock } from '@putlogs/core/internal';
import type { Local } from '@putlogs/local';
import { createStream } from '@putlogs/pino';
import test, { type ExecutionContext } from 'ava';
import { openPipe } from '../../support/fifo.js';
import { messages, optionsFor, puts, range, startLocal } from '../../support/harness.js';
import { moduleFile } from '../../support/module-file.js';
import { openPipeline } from '../../support/pipeline.js';
import { until, untilResolved } from '../../support/until.js';

const MIB = 1024 * 1024;
const DAY = 86_400_000;

/** A pipeline whose `stdout` is a file. */
async function setUp(t: ExecutionContext, local: Local, options: Options = {}, counters = new Counters()) {
  const folder = mkdtempSync(join(tmpdir(), 'putlogs-fallback-'));
  const path = join(folder, 'stdout');
  writeFileSync(path, '');
  const file = await open(path, 'a');
  t.teardown(async () => {
    await file.close();
    rmSync(folder, { recursive: true });
  });
  const output = new LineOutput(new DescriptorWriter(file.fd, systemClock));
  return {
    ...openPipeline(local, { fallback: 'stdout', ...options }, { output, counters }),
    /** What was written. */
    lines: () => readFileSync(path, 'utf8').split('\n').slice(0, -1),
  };
}

/** The number at the beginning of each text. */
const numbersOf = (texts: readonly string[]) =>
  texts.filter((text) => /^\d/.test(text)).map((text) => Number.parseInt(text, 10));

test.serial(
  'what does not fit into maxBufferBytes is written, each event once, and counted apart',
  async (t) => {
    const local = await startLocal(t);
    const end = local.fault({ kind: 'throttle' });
    const pipeline = await setUp(t, local, { maxBufferBytes: 8 * MIB, maxInFlight: 1 });
    for (const i of range(16)) pipeline.accept(Date.now(), `${i} ${'x'.repeat(1_000_000)}`);
    await until('two requests', () => puts(local).length >= 2);
    end();
    await pipeline.close();
    const { accepted, delivered, dropped, fallback, pending } = pipeline.counts();
    t.is(accepted, 17, '16 records and a loss notice');
    t.is(delivered + fallback, 17);
    t.true(fallback > 0);
    t.is(dropped.bufferFull, 0);
    t.is(pending, 0);
    t.is(pipeline.lines().length, fallback);
    t.deepEqual(
      numbersOf([...pipeline.lines(), ...messages(local)]).toSorted((a, b) => a - b),
      range(16),
    );
    t.true(
      messages(local).some((text) =>
        /events? (is|are) missing here.* Look for them in the stdout of the process\./.test(text),
      ),
    );
    t.deepEqual([...new Set(pipeline.problems())], ['fallback']);
    t.regex(
      pipeline.messageOf('fallback'),
      /^\d+ events? could not be delivered and went to stdout instead: more than maxBufferBytes \(8388608\) wait for delivery\.$/,
    );
  },
);

test.serial('what is not delivered at the end is written as it was logged', async (t) => {
  const local = await startLocal(t);
  local.fault({ kind: 'reset', operation: '*' });
  const pipeline = await setUp(t, local, { closeTimeoutMs: 100 });
  const texts = ['plain', '{"msg":"a \\"quote\\""}', 'é 🙃 \u0001', 'last'];
  for (const text of texts) pipeline.accept(Date.now(), text);
  await pipeline.close();
  t.deepEqual(pipeline.lines(), texts);
  t.like(pipeline.counts(), { accepted: 4, fallback: 4, delivered: 0, pending: 0 });
  t.true(pipeline.problems().includes('fallback'));
  t.false(pipeline.problems().includes('not-delivered'));
});

test.serial('a record that is logged after the close is written; an empty one is not', async (t) => {
  const local = await startLocal(t);
  const pipeline = await setUp(t, local);
  pipeline.accept(Date.now(), 'delivered');
  await pipeline.close();
  pipeline.accept(Date.now(), 'late');
  pipeline.accept(Date.now(), '');
  await pipeline.flush();
  t.deepEqual(pipeline.lines(), ['late']);
  t.deepEqual(messages(local), ['delivered']);
  t.like(pipeline.counts(), { accepted: 3, delivered: 1, fallback: 1 });
  t.is(pipeline.counts().dropped.empty, 1);
});

test.serial('what the service refuses is written, and stays counted as rejected', async (t) => {
  const local = await startLocal(t);
  const pipeline = await setUp(t, local);
  pipeline.accept(Date.now(), 'good');
  await pipeline.flush();
  local.fault({ kind: 'poison', text: 'bad' });
  pipeline.accept(Date.now(), 'bad');
  pipeline.accept(Date.now(), 'good too');
  pipeline.accept(Date.now() - 15 * DAY, 'old');
  await pipeline.close();
  t.deepEqual(pipeline.lines().toSorted(), ['bad', 'old']);
  t.deepEqual(messages(local), ['good', 'good too']);
  t.like(pipeline.counts(), { accepted: 4, delivered: 2, fallback: 0 });
  t.deepEqual(pipeline.counts().rejected, { tooOld: 1, expired: 0, tooNew: 0, invalid: 1 });
  t.regex(pipeline.messageOf('invalid-event'), /1 event, which is written to stdout instead/);
});

test.serial('what the service refuses is not written if it has a file of its own', async (t) => {
  const local = await startLocal(t);
  const folder = mkdtempSync(join(tmpdir(), 'putlogs-dead-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const deadLetterFile = join(folder, 'dead.ndjson');
  const pipeline = await setUp(t, local, { deadLetterFile });
  local.fault({ kind: 'poison', text: 'bad' });
  pipeline.accept(Date.now(), 'bad');
  await pipeline.close();
  t.deepEqual(pipeline.lines(), []);
  t.regex(readFileSync(deadLetterFile, 'utf8'), /"message":"bad"/);
  t.regex(pipeline.messageOf('invalid-event'), /which is written to the dead-letter file instead/);
});

test.serial('an event that is only on disk is not read back to be written', async (t) => {
  const local = await startLocal(t);
  local.fault({ kind: 'throttle' });
  const folder = mkdtempSync(join(tmpdir(), 'putlogs-spool-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const options = { spoolDirectory: join(folder, 'spool'), spoolMaxBytes: 8 * MIB, maxBufferBytes: 8 * MIB };
  const counters = new Counters();
  const pipeline = await setUp(t, local, { ...options, closeTimeoutMs: 100 }, counters);
  for (const i of range(30)) {
    pipeline.accept(Date.now(), `${i} ${'x'.repeat(1_000_000)}`);
    await until('the disk', () => counters.final().lost === 0);
  }
  await pipeline.close();
  const { accepted, dropped, fallback, spooled } = pipeline.counts();
  t.is(dropped.spoolFull + fallback + spooled, accepted);
  t.true(dropped.spoolFull > 0);
  t.is(pipeline.lines().length, fallback);
});

test.serial('if nobody reads, events are dropped, counted and reported as without a fallback', async (t) => {
  const local = await startLocal(t);
  const end = local.fault({ kind: 'throttle' });
  const pipe = openPipe(t);
  pipe.closeReader();
  const output = new LineOutput(new DescriptorWriter(pipe.writer, systemClock));
  const pipeline = openPipeline(
    local,
    { fallback: 'stderr', maxBufferBytes: 8 * MIB, maxInFlight: 1 },
    { output },
  );
  for (const i of range(16)) pipeline.accept(Date.now(), `${i} ${'x'.repeat(1_000_000)}`);
  await until('two requests', () => puts(local).length >= 2);
  end();
  await pipeline.close();
  const { accepted, delivered, dropped, fallback } = pipeline.counts();
  t.is(fallback, 0);
  t.true(dropped.bufferFull > 0);
  t.is(delivered + dropped.bufferFull, accepted);
  t.deepEqual([...new Set(pipeline.problems())].toSorted(), ['buffer-full', 'fallback-failed']);
  t.true(
    pipeline.reports.some(
      (report) =>
        report.kind === 'problem' && /cannot be written to stderr either\. \(.*EPIPE/.test(report.message),
    ),
  );
});

test.serial(
  'a slow reader bounds what waits for it: the rest is dropped, and nothing waits for the reader',
  async (t) => {
    const local = await startLocal(t);
    local.fault({ kind: 'throttle' });
    const pipe = openPipe(t);
    const output = new LineOutput(new DescriptorWriter(pipe.writer, systemClock));
    const pipeline = openPipeline(
      local,
      { fallback: 'stdout', maxBufferBytes: 8 * MIB, closeTimeoutMs: 100 },
      { output },
    );
    for (const i of range(60)) pipeline.accept(Date.now(), `${i} ${'x'.repeat(1_000_000)}`);
    t.true(output.waitingBytes > 16 * MIB && output.waitingBytes < 19 * MIB, `${output.waitingBytes}`);
    let lines = 0;
    await untilResolved('the close', pipeline.close(), () => {
      lines += pipe.read().split('\n').length - 1;
    });
    const { accepted, dropped, fallback, pending } = pipeline.counts();
    t.is(pending, 0);
    t.is(dropped.bufferFull + dropped.closed + fallback, accepted);
    t.true(dropped.bufferFull > 30);
    t.true(fallback >= 17);
    t.is(lines + pipe.read().split('\n').length - 1, fallback);
  },
);

/** A pipeline whose fallback is a pipe that takes 64 KiB while nobody reads. */
function withPipe(t: ExecutionContext, local: Local, options: Options, counters = new Counters()) {
  const pipe = openPipe(t);
  const output = new LineOutput(new DescriptorWriter(pipe.writer, systemClock));
  const pipeline = openPipeline(local, { fallback: 'stdout', ...options }, { output, counters });
  return { pipe, pipeline };
}

test.serial('a loss notice sends nobody to a stdout that got only some of the events', async (t) => {
  const local = await startLocal(t);
  const end = local.fault({ kind: 'throttle' });
  const { pipe, pipeline } = withPipe(t, local, { maxBufferBytes: 8 * MIB, maxInFlight: 1 });
  for (const i of range(60)) pipeline.accept(Date.now(), `${i} ${'x'.repeat(1_000_000)}`);
  await until('two requests', () => puts(local).length >= 2);
  end();
  await untilResolved('the close', pipeline.close(), () => pipe.read());
  const { dropped, fallback } = pipeline.counts();
  t.true(dropped.bufferFull > 30 && fallback > 10);
  const notices = messages(local).filter((text) => text.includes('missing here'));
  const counted = notices.map((text) => ({
    missing: Number(/(\d+) events? (?:is|are) missing/.exec(text)?.[1]),
    written: Number(/Look for (\d+) of them in the stdout/.exec(text)?.[1]),
  }));
  t.deepEqual(counted, [{ missing: dropped.bufferFull + fallback, written: fallback }]);
});

test.serial('refused events for which there is no room are reported', async (t) => {
  const local = await startLocal(t);
  const counters = new Counters();
  const { pipe, pipeline } = withPipe(t, local, {}, counters);
  pipeline.accept(Date.now(), 'good');
  await pipeline.flush();
  for (const i of range(25)) pipeline.accept(Date.now() - 15 * DAY, `${i} ${'x'.repeat(1_000_000)}`);
  await until('the answers', () => counters.counts(0).rejected.tooOld === 25);
  await untilResolved('the close', pipeline.close(), () => pipe.read());
  t.is(pipeline.counts().rejected.tooOld, 25);
  t.regex(
    pipeline.messageOf('fallback-failed'),
    /^\d events? that CloudWatch Logs refused (is|are) not written to stdout either: more than 16 MiB wait/,
  );
});

test.serial('reports of events that were not delivered for several reasons do not mix them up', async (t) => {
  const local = await startLocal(t);
  local.fault({ kind: 'throttle' });
  const pipeline = await setUp(t, local, { maxBufferBytes: 8 * MIB, closeTimeoutMs: 100 });
  for (const i of range(20)) pipeline.accept(Date.now(), `${i} ${'x'.repeat(1_000_000)}`);
  await pipeline.close();
  pipeline.accept(Date.now(), 'late');
  await pipeline.flush();
  const reported = new Map<string, number>();
  for (const report of pipeline.reports) {
    const [, events, why] =
      report.kind === 'problem' ? (/^(\d+) .* stdout instead: (.*)\.$/.exec(report.message) ?? []) : [];
    if (why !== undefined) reported.set(why, (reported.get(why) ?? 0) + Number(events));
  }
  t.is(pipeline.counts().fallback, 21);
  t.is(reported.get('logged after the transport was closed'), 1);
  const late = reported.get('closeTimeoutMs was over') ?? 0;
  t.true(late > 0);
  t.is(reported.get('more than maxBufferBytes (8388608) wait for delivery'), 20 - late);
});

test.serial('a whole maxBufferBytes is written in the time that is left at the end', async (t) => {
  const local = await startLocal(t);
  local.fault({ kind: 'reset', operation: '*' });
  const pipeline = await setUp(t, local, { closeTimeoutMs: 100 });
  const text = 'x'.repeat(200);
  for (const i of range(250_000)) pipeline.accept(Date.now(), `${i} ${text}`);
  const begunAt = performance.now();
  await pipeline.close();
  t.log(`${Math.round(performance.now() - begunAt)} ms`);
  const { fallback, dropped, accepted } = pipeline.counts();
  t.is(dropped.closed, 0);
  t.is(fallback, accepted);
  t.is(pipeline.lines().length, accepted);
});

const SECRETIVE = `export const filter = ({ msg }) => msg !== 'kept back';
  export const format = ({ password, ...record }) => JSON.stringify(record);`;

test.serial('what the functions of a module keep back or leave out is not written either', async (t) => {
  const local = await startLocal(t);
  local.fault({ kind: 'reset', operation: '*' });
  const options = { module: moduleFile(t, SECRETIVE), closeTimeoutMs: 100 };
  const pipeline = await setUp(t, local, options);
  const log = (msg: string) => pipeline.accept(Date.now(), JSON.stringify({ msg, password: 'hunter2' }));
  log('in time');
  log('kept back');
  await pipeline.close();
  log('late');
  log('kept back');
  await pipeline.flush();
  t.deepEqual(pipeline.lines(), ['{"msg":"in time"}', '{"msg":"late"}']);
  t.like(pipeline.counts(), { accepted: 4, fallback: 2, filtered: 2 });
});

test.serial('with a module, records that do not reach the pipeline are dropped', async (t) => {
  const local = await startLocal(t);
  const stream = createStream({
    ...optionsFor(local),
    module: moduleFile(t, SECRETIVE),
    fallback: 'stdout',
    maxBufferBytes: 8 * MIB,
  });
  // The event loop does not run meanwhile, so nothing can be posted to the worker.
  for (const i of range(20)) stream.write(`{"msg":"${i}","password":"${'x'.repeat(1_000_000)}"}\n`);
  await stream.close();
  const { accepted, delivered, dropped, fallback } = stream.counts;
  t.is(fallback, 0);
  t.true(dropped.bufferFull > 0);
  t.is(delivered + dropped.bufferFull, accepted);
});
