// What each stage of the pipeline costs, one by one, in one thread: node bench/stages.js. See README.md.

import { gzipSync } from 'node:zlib';
import { CloudWatchLogsClient, PutLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  BatchBuilder,
  decodeFrames,
  encodeBody,
  FrameBuffer,
  toLogEvents,
  utcDayOf,
} from '@putlogs/core/internal';
import { LineSplitter, timeOf } from '@putlogs/pino/internal';
import { measure } from 'mitata';
import pino from 'pino';
import { fixed, table } from './figures.js';
import { NEEDED } from './parts/physics.js';
import { fields, TEXT } from './record.js';

/** The quick bench asks whether all of it runs, and not how fast. */
const { quick = false } = process.send === undefined ? {} : JSON.parse(process.argv[2] ?? '{}');

const LINES = 8192;
const MAX_LINE_BYTES = 1_048_576;
const HEAD = { logGroupName: '/bench', logStreamName: 'bench' };

const silent = pino({}, { write: () => undefined });
const texts = linesOfPino();
const lines = texts.map((text) => Buffer.from(text));
const chunk = Buffer.from(texts.map((text) => `${text}\n`).join(''));
const frames = new FrameBuffer(MAX_LINE_BYTES * 4);
for (const [i, text] of texts.entries()) frames.add([1_790_000_000_000 + i, text]);
const events = lines.flatMap((line) => toLogEvents(timeOf(line, 1_790_000_000_000), line));
const batch = fill();
const plain = await encodeBody(HEAD, batch.payload, false);
const packed = await encodeBody(HEAD, batch.payload, true);
const client = clientWithoutNetwork();
const room = Buffer.alloc(4096);
const oneFrame = new FrameBuffer(MAX_LINE_BYTES);

/** @typedef {{ stage: string, records: number, micros: number, p99: number }} StageRow */

/** Of a record, or of a full batch. @type {readonly [stage: string, records: number, run: () => unknown][]} */
const STAGES = [
  ['Pino: a log call into an empty write', 1, each(texts, () => silent.info(fields(0), TEXT))],
  ['Pino: bytes → lines', LINES, () => new LineSplitter(() => undefined, MAX_LINE_BYTES).push(chunk)],
  ['Pino: line → timestamp', 1, each(lines, (line) => timeOf(line, 1_790_000_000_000))],
  ['a log event of bytes', 1, each(lines, (line) => toLogEvents(1_790_000_000_000, line))],
  ['frame for our worker', 1, each(texts, frame)],
  ['frames → times and messages', LINES, () => decodeFrames(frames.frames, () => undefined)],
  ['a log event of a string, as in-process', 1, each(texts, (text) => toLogEvents(1_790_000_000_000, text))],
  ['JSON.stringify, for comparison', 1, each(texts, (text) => JSON.stringify(text))],
  ['a full batch: add each event as JSON, and seal it', batch.size, () => fill().release()],
  ['a full batch: body', batch.size, () => encodeBody(HEAD, batch.payload, false)],
  ['a full batch: body, gzipped', batch.size, () => encodeBody(HEAD, batch.payload, true)],
  ['a full batch: the SDK signs and sends it', batch.size, () => send(plain)],
  [NEEDED.sdk, batch.size, () => send(packed)],
  [NEEDED.gzip, batch.size, () => gzipSync(plain.bytes, { level: 1 })],
  [NEEDED.pass, 1, each(texts, (text) => room.write(text))],
];

/** @type {StageRow[]} */
const rows = [];
for (const [stage, records, run] of STAGES) {
  const { p50, p99 } = await measure(run, quick ? { min_samples: 2, min_cpu_time: 0 } : {});
  rows.push({ stage, records, micros: p50 / 1000, p99: p99 / 1000 });
}
if (process.send === undefined) process.stdout.write(`${tableOf(rows)}\n`);
else process.send({ rows, table: tableOf(rows) });

function tableOf(rows) {
  return table(
    ['stage', 'records', 'median, µs', 'p99, µs', 'median, µs/record'],
    rows.map(({ stage, records, micros, p99 }) => [
      stage,
      String(records),
      fixed(micros, 2),
      fixed(p99, 2),
      fixed(micros / records, 3),
    ]),
  );
}

function linesOfPino() {
  /** @type {string[]} */
  const written = [];
  const logger = pino({}, { write: (line) => written.push(line.trimEnd()) });
  for (let n = 0; n < LINES; n++) logger.info(fields(n), TEXT);
  return written;
}

/** Another one each time, lest the engine learns one by heart. */
function each(values, run) {
  let i = 0;
  return () => run(values[i++ % LINES]);
}

function frame(text) {
  if (oneFrame.length > MAX_LINE_BYTES / 2) oneFrame.clear();
  oneFrame.add([1_790_000_000_000, text, 1_790_000_000_000]);
}

function fill() {
  const open = new BatchBuilder(utcDayOf(events[0].timestamp), true);
  for (const event of events) if (!open.add(event)) break;
  return open.seal();
}

/** All that the SDK does but for sockets: a request is answered where it would leave the process. */
function clientWithoutNetwork() {
  const answer = { statusCode: 200, headers: { 'x-amzn-requestid': 'bench' }, body: Buffer.from('{}') };
  return new CloudWatchLogsClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
    requestHandler: { handle: async () => ({ response: answer }) },
  });
}

/** With the ready body in place of the SDK's own, as core's cloudwatch/sdk-middleware.ts does it. */
function send({ bytes }) {
  const command = new PutLogEventsCommand({ ...HEAD, logEvents: [] });
  command.middlewareStack.add(
    (next) => (args) => {
      args.request.body = bytes;
      args.request.headers['content-length'] = String(bytes.length);
      return next(args);
    },
    { step: 'build', name: 'readyBody' },
  );
  return client.send(command);
}
