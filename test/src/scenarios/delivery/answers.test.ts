import type { ServerResponse } from 'node:http';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import test from 'ava';
import { CountingClock } from '../../support/counting-clock.js';
import { allDelivered, openPipeline as open } from '../../support/pipeline.js';
import { GENUINE, startRaw } from '../../support/raw-service.js';
import { until, untilResolved } from '../../support/until.js';

/** Flushes while the clock stands still. The pauses of this pipeline take no time. */
const flush = (pipeline: ReturnType<typeof openPipeline>, clock: CountingClock) =>
  untilResolved('the flush', pipeline.flush(), () => clock.advance(0));

/** Time stands still, so that nothing times out on a slow machine. */
const openPipeline = (service: { readonly endpoint: string }, clock = new CountingClock(Date.now())) =>
  open(service, {}, { clock });

const NONE_REJECTED = Buffer.from('{}');
const ONE_TOO_OLD = Buffer.from('{"rejectedLogEventsInfo":{"tooOldLogEventEndIndex":1}}');

for (const [what, coding, encode] of [
  ['not at all', 'identity', (bytes: Buffer) => bytes],
  ['as gzip', 'gzip', gzipSync],
  ['as x-gzip', 'x-gzip', gzipSync],
  ['as GZIP', 'GZIP', gzipSync],
  ['as deflate', 'deflate', deflateSync],
  ['as deflate without a header', 'deflate', deflateRawSync],
  ['as br', 'br', brotliCompressSync],
  ['twice', 'gzip, br', (bytes: Buffer) => brotliCompressSync(gzipSync(bytes))],
] as const) {
  test(`a response that is encoded ${what} is read, and nothing is sent twice`, async (t) => {
    for (const [body, tooOld] of [
      [NONE_REJECTED, 0],
      [ONE_TOO_OLD, 1],
    ] as const) {
      let puts = 0;
      const service = await startRaw(t, (response) => {
        puts++;
        response.writeHead(200, { ...GENUINE, 'content-encoding': coding }).end(encode(body));
      });
      const pipeline = openPipeline(service);
      for (const text of ['a', 'b', 'c']) pipeline.accept(Date.now(), text);
      await pipeline.flush();
      t.is(puts, 1);
      t.is(pipeline.counts().rejected.tooOld, tooOld);
      t.is(pipeline.counts().delivered, 3 - tooOld);
      t.false(pipeline.problems().includes('unreadable-answer'));
    }
  });
}

test('a response without a body is enough', async (t) => {
  let puts = 0;
  const service = await startRaw(t, (response) => {
    puts++;
    response.writeHead(200, GENUINE).end();
  });
  const pipeline = openPipeline(service);
  pipeline.accept(Date.now(), 'a');
  await pipeline.close();
  t.is(puts, 1);
  t.deepEqual(pipeline.counts(), allDelivered(1));
  t.deepEqual(pipeline.problems(), []);
});

/** Responses of 200 with a body that cannot be read. */
const UNREADABLE: Readonly<Record<string, (response: ServerResponse) => void>> = {
  'claims to be gzip but is not': (response) =>
    response.writeHead(200, { ...GENUINE, 'content-encoding': 'gzip' }).end('{}'),
  'has an unknown content coding': (response) =>
    response.writeHead(200, { ...GENUINE, 'content-encoding': 'secret' }).end('{}'),
  'is not JSON': (response) => response.writeHead(200, GENUINE).end('<html>'),
  'is an array': (response) => response.writeHead(200, GENUINE).end('[]'),
  'is null': (response) => response.writeHead(200, GENUINE).end('null'),
  'is truncated': (response) => {
    response.writeHead(200, { ...GENUINE, 'content-length': '100' }).write('{"rejectedLog');
    setImmediate(() => response.destroy());
  },
  'never ends': (response) => {
    response.writeHead(200, { ...GENUINE, 'content-length': '100' }).write('{"rejectedLog');
  },
  'never begins': (response) => response.writeHead(200, GENUINE).flushHeaders(),
  'expands to 64 MiB': (response) =>
    response
      .writeHead(200, { ...GENUINE, 'content-encoding': 'gzip' })
      .end(gzipSync(`{}${' '.repeat(64 * 1024 * 1024)}`)),
};

for (const [what, respond] of Object.entries(UNREADABLE)) {
  test(`a response of 200 whose body ${what} is reported and causes no duplicates`, async (t) => {
    let puts = 0;
    const responses: ServerResponse[] = [];
    const service = await startRaw(t, (response) => {
      puts++;
      responses.push(response);
    });
    const clock = new CountingClock(Date.now());
    const pipeline = openPipeline(service, clock);
    for (const text of ['a', 'b']) pipeline.accept(Date.now(), text);
    let isDelivered = false;
    const flushed = pipeline.flush().then(() => {
      isDelivered = true;
    });
    await until('the request', () => puts > 0);
    const { starts } = clock;
    respond(responses[0] as ServerResponse);
    // The timer of the body starts with the head of the response.
    await until('the response', () => isDelivered || clock.starts > starts);
    await untilResolved('the delivery', flushed, () =>
      what.startsWith('never') ? clock.advance(10_000) : undefined,
    );
    t.is(puts, 1);
    t.deepEqual(pipeline.counts(), allDelivered(2));
    t.deepEqual(pipeline.problems(), ['unreadable-answer']);
    await pipeline.close();
  });
}

for (const body of [
  '{"rejectedLogEventsInfo":5}',
  '{"rejectedLogEventsInfo":null}',
  '{"rejectedLogEventsInfo":{"tooOldLogEventEndIndex":"x","tooNewLogEventStartIndex":{}}}',
  '{"rejectedEntityInfo":[]}',
  '{"rejectedLogEventsInfo":[1,2]}',
]) {
  test(`a response of ${body} causes neither duplicates nor wrong counts`, async (t) => {
    let puts = 0;
    const service = await startRaw(t, (response) => {
      puts++;
      response.writeHead(200, GENUINE).end(body);
    });
    const pipeline = openPipeline(service);
    pipeline.accept(Date.now(), 'a');
    await pipeline.close();
    t.is(puts, 1);
    t.deepEqual(pipeline.counts(), allDelivered(1));
  });
}

for (const status of [200, 400, 500]) {
  test(`an endless response of ${status} is cut off, and its connection is closed`, async (t) => {
    let puts = 0;
    let bytes = 0;
    let isCut = false;
    const service = await startRaw(t, (response) => {
      if (++puts > 1) {
        response.writeHead(200, GENUINE).end('{}');
        return;
      }
      response.writeHead(status, GENUINE).on('close', () => {
        isCut = true;
      });
      const piece = Buffer.alloc(64 * 1024, ' ');
      const more = () => {
        if (isCut) return;
        bytes += piece.length;
        // By way of the event loop, which has to see that the connection closes.
        response.write(piece, () => setImmediate(more));
      };
      more();
    });
    const clock = new CountingClock(Date.now());
    const pipeline = openPipeline(service, clock);
    pipeline.accept(Date.now(), 'a');
    await flush(pipeline, clock);
    await until('the connection to close', () => isCut);
    t.is(puts, status === 200 ? 1 : 2);
    // The buffers of the system take some megabytes more.
    t.true(bytes < 64 * 1024 * 1024, `${bytes} bytes`);
    t.is(pipeline.counts().delivered, 1);
    await pipeline.close();
  });
}

test('an encoded error is understood', async (t) => {
  let puts = 0;
  const service = await startRaw(t, (response) => {
    if (++puts > 1) {
      response.writeHead(200, GENUINE).end('{}');
      return;
    }
    const error = JSON.stringify({ __type: 'AccessDeniedException', message: 'not allowed' });
    response.writeHead(400, { ...GENUINE, 'content-encoding': 'gzip' }).end(gzipSync(error));
  });
  const clock = new CountingClock(Date.now());
  const pipeline = openPipeline(service, clock);
  pipeline.accept(Date.now(), 'a');
  await flush(pipeline, clock);
  t.deepEqual(pipeline.problems(), ['denied']);
  t.is(pipeline.counts().delivered, 1);
});

test('an encoded page of a proxy is not a response of the service', async (t) => {
  let puts = 0;
  const service = await startRaw(t, (response) => {
    const headers = ++puts > 1 ? GENUINE : { 'content-type': 'text/html' };
    response.writeHead(200, { ...headers, 'content-encoding': 'gzip' }).end(gzipSync('{}'));
  });
  const clock = new CountingClock(Date.now());
  const pipeline = openPipeline(service, clock);
  pipeline.accept(Date.now(), 'a');
  await flush(pipeline, clock);
  t.is(puts, 2);
  t.deepEqual(pipeline.counts(), allDelivered(1));
});
