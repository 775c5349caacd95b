import { once } from 'node:events';
import type { Report } from '@putlogs/core';
import { createStream } from '@putlogs/pino';
import test, { type ExecutionContext } from 'ava';
import pino from 'pino';
import { messages, optionsFor, startLocal } from '../support/harness.js';

async function setUp(t: ExecutionContext) {
  const local = await startLocal(t);
  const stream = createStream(optionsFor(local));
  stream.on('error', () => t.fail('an error'));
  const reports: Report[] = [];
  stream.on('report', (report: Report) => reports.push(report));
  const texts = () => messages(local).map((text) => JSON.parse(text).msg);
  return { local, stream, log: pino(stream), reports, texts };
}

test('createStream: a record logged while the stream closes arrives', async (t) => {
  const { stream, log, texts } = await setUp(t);
  log.info('before');
  const closed = once(stream, 'close');
  stream.end();
  log.info('while it closes');
  await closed;
  t.deepEqual(texts(), ['before', 'while it closes']);
});

for (const [how, end] of [
  ['ended', (stream: ReturnType<typeof createStream>) => stream.end()],
  ['destroyed', (stream: ReturnType<typeof createStream>) => stream.destroy()],
] as const) {
  test(`createStream: records logged after the stream was ${how} are counted and told`, async (t) => {
    const { stream, log, reports, texts } = await setUp(t);
    log.info('before');
    await new Promise<void>((resolve) => stream.flush(resolve));
    const closed = once(stream, 'close');
    end(stream);
    await closed;
    log.info('after');
    log.info('and again');
    await new Promise(setImmediate);
    const told = reports.at(-1);
    t.is(told?.kind === 'problem' && told.code, 'logged-after-close');
    t.is(told?.counts.dropped.closed, 1, 'the second is withheld, as always within a minute');
    t.deepEqual(texts(), ['before']);
  });
}

test('createStream: a write after the end calls back, and takes several records at once, and bytes', async (t) => {
  const { stream, reports } = await setUp(t);
  const closed = once(stream, 'close');
  stream.end();
  await closed;
  await new Promise<void>((resolve) => stream.write('{"msg":"one"}\n{"msg":"two"}\n', () => resolve()));
  t.is(reports.at(-1)?.counts.dropped.closed, 1);
  await new Promise<void>((resolve) =>
    stream.write(Buffer.from('{"msg":"three"}\n'), 'utf8', () => resolve()),
  );
  await new Promise<void>((resolve) => stream.flush(resolve));
  t.is(reports.at(-1)?.counts.dropped.closed, 3);
});

test('createStream: an application that goes on logging does not keep the stream from closing', async (t) => {
  const { local, stream, log, reports } = await setUp(t);
  let logged = 0;
  let goesOn = true;
  const tick = () => {
    log.info('tick');
    logged++;
    if (goesOn) setImmediate(tick);
  };
  tick();
  const closed = once(stream, 'close');
  stream.end();
  await closed;
  goesOn = false;
  await new Promise<void>((resolve) => stream.flush(resolve));
  const counts = reports.at(-1)?.counts;
  t.is(counts?.delivered, messages(local).length);
  t.is((counts?.delivered ?? 0) + (counts?.dropped.closed ?? 0), logged);
});
