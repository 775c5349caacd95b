import { once } from 'node:events';
import type { Options, Report } from '@putlogs/core';
import type { Local } from '@putlogs/local';
import { createStream } from '@putlogs/pino';
import { CloudWatchTransport, jsonFormat } from '@putlogs/winston';
import test from 'ava';
import pino from 'pino';
import winston from 'winston';
import { messages, optionsFor, range, startLocal } from '../../support/harness.js';
import { openPipeline } from '../../support/pipeline.js';

const MIB = 1024 * 1024;

/** Logs texts, and resolves when all are settled, with the reports. */
type Way = (options: Options, texts: readonly string[]) => Promise<Report[]>;

async function throughStream(
  options: Options,
  worker: boolean,
  write: (stream: ReturnType<typeof createStream>) => void,
) {
  const reports: Report[] = [];
  const stream = createStream({ ...options, worker });
  stream.on('report', (report: Report) => reports.push(report));
  write(stream);
  await stream.close();
  return reports;
}

const logTo = (stream: ReturnType<typeof createStream>, texts: readonly string[]) => {
  const log = pino(stream);
  for (const text of texts) log.info(text);
};

const WAYS: Record<string, Way> = {
  'createStream in a worker': (options, texts) =>
    throughStream(options, true, (stream) => logTo(stream, texts)),
  'createStream in-process': (options, texts) =>
    throughStream(options, false, (stream) => logTo(stream, texts)),
  'createStream, lines in chunks': (options, texts) =>
    throughStream(options, true, (stream) => {
      const bytes = Buffer.from(
        texts.map((msg) => `{"level":30,"time":${Date.now()},"msg":"${msg}"}\n`).join(''),
      );
      for (let at = 0; at < bytes.length; at += 60_001) stream.write(bytes.subarray(at, at + 60_001));
    }),
  async 'pino.transport()'(options, texts) {
    const reports: Report[] = [];
    const transport = pino.transport({ target: '@putlogs/pino', options });
    transport.on('report', (report: Report) => reports.push(report));
    const log = pino(transport);
    for (const text of texts) log.info(text);
    // The end of the transport would block this thread, and with it the service.
    await new Promise((resolve) => log.flush(resolve));
    return reports;
  },
  async Winston(options, texts) {
    const reports: Report[] = [];
    const transport = new CloudWatchTransport(options);
    transport.on('report', (report: Report) => reports.push(report));
    const log = winston.createLogger({ format: jsonFormat(), transports: [transport] });
    for (const text of texts) log.info(text);
    log.end();
    await once(log, 'finish');
    return reports;
  },
};

/** The texts of the events, each of a long record's in its place. */
function joined(local: Local): string {
  return messages(local).join('');
}

function cutsIn(reports: readonly Report[]): string[] {
  return reports.flatMap((report) =>
    report.kind === 'problem' && report.code === 'record-cut' ? [report.message] : [],
  );
}

const MARKER = /… \[cut by putlogs: ([\d,]+) bytes\]/;

for (const [way, log] of Object.entries(WAYS)) {
  test.serial(
    `${way}: of a record that needs more than half of maxBufferBytes the beginning arrives, and no other is lost`,
    async (t) => {
      const local = await startLocal(t);
      const options = { ...optionsFor(local), maxBufferBytes: 8 * MIB, maxInFlight: 1, logStreamName: 'all' };
      const reports = await log(options, ['before', `long ${'x'.repeat(12_000_000)} end`, 'after']);
      const { accepted, delivered, pending } = reports.at(-1)?.counts ?? {};
      t.deepEqual([accepted, delivered, pending], [7, 7, 0]);
      const text = joined(local);
      t.regex(text, /before.*long x.*after/s, 'in order, from its beginning on');
      const missing = Number(MARKER.exec(text)?.[1]?.replaceAll(',', ''));
      const kept = /x+/.exec(text)?.[0].length ?? 0;
      t.true(kept > 4_190_000 && kept < 4 * MIB, `${kept} were kept`);
      t.true(missing > 12_000_000 - kept && missing < 12_000_100 - kept, `${missing} are missing`);
      const [cut = '', ...more] = cutsIn(reports);
      t.deepEqual(more, []);
      t.regex(
        cut,
        /^A record of 120000\d\d bytes needs more than half of maxBufferBytes \(8388608\), and was cut/,
      );
    },
  );

  test.serial(
    `${way}: records longer than maxRecordBytes are cut between characters, and told once`,
    async (t) => {
      const local = await startLocal(t);
      const options = { ...optionsFor(local), maxRecordBytes: 2000, logStreamName: 'all' };
      const reports = await log(options, ['short', ...range(5).map((i) => `${i} ${'é'.repeat(3000)}`)]);
      const [short, ...cut] = messages(local);
      t.regex(short ?? '', /short"[,}]/);
      t.is(cut.length, 5);
      for (const text of cut) {
        t.regex(text, /^\{.*\d é+… \[cut by putlogs: 4,\d\d\d bytes\]$/);
        t.true(Buffer.byteLength(text) <= 2000 && Buffer.byteLength(text) > 1995);
      }
      t.is(cutsIn(reports).length, 1);
      t.regex(cutsIn(reports)[0] ?? '', /is longer than maxRecordBytes \(2000\), and was cut/);
      t.is(reports.at(-1)?.counts.delivered, 6);
    },
  );
}

for (const [what, character] of [
  ['quotes', '"'],
  ['control characters', '\u0001'],
] as const) {
  test.serial(
    `a long record of ${what}, which take more as JSON, is kept from its beginning on as well`,
    async (t) => {
      const local = await startLocal(t);
      const pipeline = openPipeline(local, { maxBufferBytes: 8 * MIB, maxInFlight: 1 });
      pipeline.accept(Date.now(), `long ${character.repeat(7_000_000)}`);
      await pipeline.close();
      t.is(pipeline.counts().dropped.bufferFull, 0);
      t.true(joined(local).startsWith('long '));
      t.regex(joined(local), MARKER);
    },
  );
}

test.serial('a long record pushes out older records that wait, and none of its own parts', async (t) => {
  const local = await startLocal(t);
  const end = local.fault({ kind: 'throttle' });
  const pipeline = openPipeline(local, { maxBufferBytes: 8 * MIB, maxInFlight: 1 });
  for (const i of range(6)) pipeline.accept(Date.now(), `${i} ${'x'.repeat(1_000_000)}`);
  pipeline.accept(Date.now(), `long ${'y'.repeat(12_000_000)}`);
  end();
  await pipeline.close();
  t.true(pipeline.counts().dropped.bufferFull > 0);
  const parts = messages(local).filter((text) => text.includes('yy'));
  t.true(parts[0]?.startsWith('long y'));
  t.true(parts.join('').length > 4_190_000);
  t.regex(parts.at(-1) ?? '', MARKER);
});

test.serial('a record that is cut goes where its fields say', async (t) => {
  const local = await startLocal(t);
  const pipeline = openPipeline(local, { maxRecordBytes: 1024, logStreamName: '{record.tenant}' });
  pipeline.accept(Date.now(), JSON.stringify({ text: 'x'.repeat(5000), tenant: 'shop' }));
  await pipeline.close();
  t.deepEqual(
    local.events('/test/app').map(({ logStreamName }) => logStreamName),
    ['shop'],
  );
});
