// CloudWatch Logs as cheap as can be, since it shares the machine with what is measured: it keeps each body as it
// came (four million records, gzipped, are 160 MB), and reads them when the run is over. A strict one is
// packages/local.
import { createServer } from 'node:http';
import { promisify } from 'node:util';
import { gunzip, gunzipSync } from 'node:zlib';
import { Tally } from '../tally.js';

const PATIENCE_MS = 60_000;

const unpack = promisify(gunzip);

/** @typedef {{ bytes: Buffer, gzipped: boolean, at: number }} Body */

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
      // Fluent Bit wants it spelled so.
      'x-amzn-RequestId': '00000000-0000-0000-0000-000000000000',
    });
    response.end(operation === 'DescribeLogStreams' ? STREAMS : '{}');
    if (operation !== 'PutLogEvents') return;
    bodies.push({
      bytes: Buffer.concat(chunks),
      gzipped: request.headers['content-encoding'] === 'gzip',
      at: Date.now(),
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
  for (const { bytes, gzipped } of bodies.slice(waiting.counted))
    waiting.came += numbersIn(gzipped ? gunzipSync(bytes) : bytes);
  waiting.counted = bodies.length;
  if (waiting.came >= waiting.records) waiting.done();
}

/** The number of a record, in a message that is JSON within JSON. */
const NUMBER_KEY = Buffer.from('\\"n\\":');

/** @param {Buffer} body */
function numbersIn(body) {
  let found = 0;
  for (let at = body.indexOf(NUMBER_KEY); at >= 0; at = body.indexOf(NUMBER_KEY, at + 1)) found++;
  return found;
}

/** Each body is forgotten as it is read. While one is, the next is unpacked. */
async function tally({ records, mark }) {
  const tally = new Tally(records, mark);
  let next = takeBody();
  for (let body = await next; body !== undefined; body = await next) {
    next = takeBody();
    tally.add(body.raw, body.wireBytes, body.at);
  }
  return tally.result;
}

async function takeBody() {
  const body = bodies.shift();
  if (body === undefined) return undefined;
  const { bytes, gzipped, at } = body;
  return { raw: gzipped ? await unpack(bytes) : bytes, wireBytes: bytes.length, at };
}

process.on('message', async (task) => process.send?.(await tally(task)));
// Whoever asked is gone.
process.on('disconnect', () => process.exit());
server.listen(0, '127.0.0.1', () => process.send?.(server.address()));
