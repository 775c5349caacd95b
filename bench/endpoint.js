// CloudWatch Logs as cheap as can be, since it shares the machine with what is measured: it keeps each body as
// it came, and reads them when the run is over. A strict one is packages/local.
import { createServer } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { NUMBER } from './record.js';

const MAX_BATCH_BYTES = 1_048_576;
const MAX_BATCH_EVENTS = 10_000;
const EVENT_OVERHEAD_BYTES = 26;
const PATIENCE_MS = 60_000;

/** @typedef {{ bytes: Buffer, gzipped: boolean }} Body */

/** The bodies of PutLogEvents. @type {Body[]} */
let bodies = [];

/**
 * Who waits for how many records, how many came, and in how many bodies these were counted.
 * @type {{ records: number, came: number, counted: number, done: () => void } | undefined}
 */
let waiting;

const server = createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
  /** @type {Buffer[]} */
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    if (request.method !== 'POST') return control(request, response);
    const operation = String(request.headers['x-amz-target']).split('.')[1];
    response.writeHead(200, {
      'content-type': 'application/x-amz-json-1.1',
      'x-amzn-requestid': '00000000-0000-0000-0000-000000000000',
    });
    response.end(operation === 'DescribeLogStreams' ? STREAMS : '{}');
    if (operation !== 'PutLogEvents') return;
    bodies.push({
      bytes: Buffer.concat(chunks),
      gzipped: request.headers['content-encoding'] === 'gzip',
    });
    countArrived();
  });
});

const STREAMS = JSON.stringify({ logStreams: [{ logStreamName: 'bench', uploadSequenceToken: '1' }] });

/**
 * What the measured process asks: GET /arrived?records=N answers when so many came; DELETE /bodies forgets.
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 */
function control(request, response) {
  if (request.method === 'DELETE') {
    bodies = [];
    response.end();
    return;
  }
  const { searchParams } = new URL(request.url ?? '', 'http://localhost');
  const done = () => {
    clearTimeout(timeout);
    waiting = undefined;
    response.end();
  };
  const timeout = setTimeout(done, PATIENCE_MS);
  waiting = { records: Number(searchParams.get('records')), came: 0, counted: 0, done };
  countArrived();
}

/** Only while somebody waits, since it takes time. */
function countArrived() {
  if (waiting === undefined) return;
  for (const body of bodies.slice(waiting.counted)) waiting.came += textOf(body).match(NUMBER)?.length ?? 0;
  waiting.counted = bodies.length;
  if (waiting.came >= waiting.records) waiting.done();
}

/** @param {Body} body */
function textOf({ bytes, gzipped }) {
  return String(gzipped ? gunzipSync(bytes) : bytes);
}

/**
 * What arrived of the records 0 to `records`. A request that the service would have refused delivers nothing.
 * @param {number} records
 */
function tally(records) {
  const times = new Uint8Array(records);
  const sum = { requests: 0, events: 0, accountedBytes: 0, wireBytes: 0, refused: 0, strays: 0 };
  for (const body of bodies) {
    const { logEvents } = JSON.parse(textOf(body));
    const { accounted, ordered } = inspect(logEvents);
    sum.requests++;
    sum.events += logEvents.length;
    sum.accountedBytes += accounted;
    sum.wireBytes += body.bytes.length;
    if (!ordered || accounted > MAX_BATCH_BYTES || logEvents.length > MAX_BATCH_EVENTS) {
      sum.refused += logEvents.length;
      continue;
    }
    for (const { message } of logEvents) {
      for (const [, n] of message.matchAll(NUMBER)) {
        // A record of the warm-up was acknowledged before: here it is one too many.
        if (n < records) times[n]++;
        else sum.strays++;
      }
    }
  }
  const delivered = times.filter((count) => count > 0).length;
  const doubled = times.filter((count) => count > 1).length + sum.strays;
  return { ...sum, delivered, doubled };
}

/** @param {{ timestamp: number, message: string }[]} events */
function inspect(events) {
  let accounted = 0;
  let ordered = true;
  let previous = 0;
  for (const { timestamp, message } of events) {
    accounted += Buffer.byteLength(message) + EVENT_OVERHEAD_BYTES;
    ordered &&= timestamp >= previous;
    previous = timestamp;
  }
  return { accounted, ordered };
}

process.on('message', ({ records }) => process.send?.(tally(records)));
server.listen(0, '127.0.0.1', () => process.send?.(server.address()));
