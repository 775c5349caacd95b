import type { ServerResponse } from 'node:http';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import test from 'ava';
import { CountingClock } from '../../support/counting-clock.js';
import { allDelivered, openPipeline as open } from '../../support/pipeline.js';
import { GENUINE, startRaw } from '../../support/raw-service.js';
import { until } from '../../support/until.js';

/** Flushes while no time passes but that of pauses, which take none. */
async function flush({ flush }: ReturnType<typeof openPipeline>, clock: CountingClock): Promise<void> {
  let isFlushed = false;
  const flushed = flush().then(() => {
    isFlushed = true;
  });
  await until(
    'the flush',
    () => isFlushed,
    () => clock.advance(0),
  );
  await flushed;
}

/** Time stands still, so that no limit passes where the machine is slow. */
const openPipeline = (service: { readonly endpoint: string }, clock = new CountingClock(Date.now())) =>
  open(service, {}, { clock });

const NOTHING_WRONG = Buffer.from('{}');
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
  test(`an answer that is encoded ${what} is read, and nothing is sent twice`, async (t) => {
    for (const [body, tooOld] of [
      [NOTHING_WRONG, 0],
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

test('an answer without a body is enough', async (t) => {
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

/** What the service says with its head is enough, whatever becomes of the rest. */
const UNREADABLE: Readonly<Record<string, (response: ServerResponse) => void>> = {
  'is called gzip and is none': (response) =>
    response.writeHead(200, { ...GENUINE, 'content-encoding': 'gzip' }).end('{}'),
  'is encoded in an unknown way': (response) =>
    response.writeHead(200, { ...GENUINE, 'content-encoding': 'secret' }).end('{}'),
  'is no JSON': (response) => response.writeHead(200, GENUINE).end('<html>'),
  'is an array': (response) => response.writeHead(200, GENUINE).end('[]'),
  'is null': (response) => response.writeHead(200, GENUINE).end('null'),
  'is cut off': (response) => {
    response.writeHead(200, { ...GENUINE, 'content-length': '100' }).write('{"rejectedLog');
    setImmediate(() => response.destroy());
  },
  'never ends': (response) => {
    response.writeHead(200, { ...GENUINE, 'content-length': '100' }).write('{"rejectedLog');
  },
  'never begins': (response) => response.writeHead(200, GENUINE).flushHeaders(),
  'unpacks to a gigabyte': (response) =>
    response
      .writeHead(200, { ...GENUINE, 'content-encoding': 'gzip' })
      .end(gzipSync(gzipSync(Buffer.alloc(64 * 1024 * 1024, ' ')))),
};

for (const [what, answer] of Object.entries(UNREADABLE)) {
  test(`of a request that the service took, an answer that ${what} makes no duplicate, and is told`, async (t) => {
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
    answer(responses[0] as ServerResponse);
    // Its head came, or all of it.
    await until('the answer', () => isDelivered || clock.starts > starts);
    await until(
      'the end',
      () => isDelivered,
      () => (what.startsWith('never') ? clock.advance(10_000) : undefined),
    );
    await flushed;
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
  test(`an answer of ${body} makes neither duplicates nor wrong counts`, async (t) => {
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
  test(`an answer of ${status} without end is cut off, and its connection ends`, async (t) => {
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
        response.write(piece, more);
      };
      more();
    });
    const clock = new CountingClock(Date.now());
    const pipeline = openPipeline(service, clock);
    pipeline.accept(Date.now(), 'a');
    await flush(pipeline, clock);
    await until('the end of the connection', () => isCut);
    t.is(puts, status === 200 ? 1 : 2);
    // The system's buffers take some megabytes besides.
    t.true(bytes < 64 * 1024 * 1024, `${bytes} bytes`);
    t.is(pipeline.counts().delivered, 1);
    await pipeline.close();
  });
}

test('an error that comes encoded is understood', async (t) => {
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

test('a page of a proxy that comes encoded is no answer of the service', async (t) => {
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
