import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { CountingClock } from '../../support/counting-clock.js';
import { messages, startLocal } from '../../support/harness.js';
import { ManualClock, settled } from '../../support/manual-clock.js';
import { allDelivered, openPipeline } from '../../support/pipeline.js';
import { until, untilResolved } from '../../support/until.js';

/** A server that reads and responds only when the test does. */
async function startPausedServer(t: ExecutionContext) {
  const sockets: Socket[] = [];
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    socket.on('error', () => undefined);
    sockets.push(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, sockets };
}

/** Resolves when nothing more is sent. Sender and receiver are in this process, and get many turns of its event loop. */
async function standstill(clock: CountingClock): Promise<void> {
  for (
    let quietTurns = 0, starts = -1;
    quietTurns < 20;
    quietTurns = starts === clock.starts ? quietTurns + 1 : 0
  ) {
    starts = clock.starts;
    await settled();
  }
}

test.serial('an upload that makes progress does not time out', async (t) => {
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_REGION: 'us-east-1',
  });
  const service = await startPausedServer(t);
  const clock = new CountingClock(Date.now());
  const begun = clock.now();
  const pipeline = openPipeline(service, { gzip: false, requestTimeoutMs: 10_000 }, { clock });
  // Six megabytes of JSON, which is more than the system buffers.
  pipeline.accept(Date.now(), '\u0001'.repeat(1_048_550));
  const flushed = pipeline.flush();
  await until('a connection', () => service.sockets.length > 0);
  const [socket] = service.sockets;
  if (socket === undefined) return t.fail();
  let head = '';
  let received = 0;
  let length = Number.POSITIVE_INFINITY;
  const take = () => {
    // In small pieces, since the system may pass on a large one as a single sign of progress.
    const piece: Buffer | null = socket.read(Math.min(socket.readableLength, 32 * 1024));
    if (piece === null) return;
    received += piece.length;
    if (length !== Number.POSITIVE_INFINITY) return;
    head += piece.toString('latin1');
    const end = head.indexOf('\r\n\r\n');
    if (end >= 0) length = end + 4 + Number(/content-length: (\d+)/i.exec(head)?.[1]);
  };
  // The buffers of the system are full, and a part of the request is left.
  await standstill(clock);
  await clock.advance(9000);
  const before = clock.starts;
  await until('progress', () => clock.starts > before, take);
  // As long again. The whole request may be in the buffers by now.
  await standstill(clock);
  await clock.advance(9000);
  await until('the whole request', () => received >= length, take);
  t.is(service.sockets.length, 1, 'one attempt');
  socket.write('HTTP/1.1 200 OK\r\nx-amzn-requestid: 1\r\ncontent-length: 2\r\n\r\n{}');
  await flushed;
  t.true(clock.now() - begun > 10_000);
  t.deepEqual(pipeline.counts(), allDelivered(1));
  await pipeline.close();
});

test.serial('an upload that stalls times out', async (t) => {
  const service = await startPausedServer(t);
  const clock = new CountingClock(Date.now());
  const pipeline = openPipeline(service, { gzip: false, requestTimeoutMs: 10_000 }, { clock });
  pipeline.accept(Date.now(), '\u0001'.repeat(1_048_550));
  void pipeline.flush();
  await until('a connection', () => service.sockets.length === 1);
  // The system fills its buffers.
  let starts = -1;
  await until(
    'the upload to stall',
    () => starts === clock.starts,
    async () => {
      starts = clock.starts;
      for (let i = 0; i < 200; i++) await settled();
    },
  );
  await clock.advance(10_000);
  await until(
    'another attempt',
    () => service.sockets.length === 2,
    () => clock.advance(0),
  );
  const closed = pipeline.close();
  await clock.advance(8000);
  await closed;
  t.is(pipeline.counts().dropped.closed, 1);
});

/**
 * A link to the service that carries bytes only when the test says so. Bytes that are on their way arrive even if the sender has
 * closed the connection, as on a real link.
 */
async function startLink(t: ExecutionContext, port: number) {
  const connections: { readonly from: Socket; readonly to: Socket }[] = [];
  const server = createServer({ pauseOnConnect: true, allowHalfOpen: true }, (from) => {
    const to = connect(port, '127.0.0.1');
    // Without Nagle's algorithm, so that no real time decides anything.
    for (const socket of [from, to]) socket.setNoDelay(true).on('error', () => undefined);
    to.pipe(from);
    from.on('end', () => to.end());
    connections.push({ from, to });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    for (const { from, to } of connections) {
      from.destroy();
      to.destroy();
    }
    server.close();
  });
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Carries this many bytes of all connections together, in turns. */
    carry(bytes: number): void {
      const share = Math.min(bytes, 500);
      let left = bytes;
      let moved = true;
      while (left >= share && moved) {
        moved = false;
        for (const { from, to } of connections) {
          const piece: Buffer | null =
            left < share ? null : (from.read(Math.min(share, from.readableLength || share)) ?? from.read());
          if (piece === null) continue;
          to.write(piece);
          left -= piece.length;
          moved = true;
        }
      }
    },
  };
}

for (const [what, bytesPerSecond, events, eventBytes] of [
  ['5 KB', 5000, 2000, 100],
  ['50 KB', 50_000, 4000, 400],
] as const) {
  test.serial(
    `over a link of ${what} a second all events arrive, though a whole batch takes longer than requestTimeoutMs`,
    async (t) => {
      const local = await startLocal(t);
      const link = await startLink(t, local.port);
      const clock = new ManualClock(Date.now());
      const options = { gzip: false, requestTimeoutMs: 10_000, logStreamName: 'one' };
      const pipeline = openPipeline(link, options, { clock, random: () => 0.5 });
      const begun = clock.now();
      for (let i = 0; i < events; i++) {
        pipeline.accept(Date.now(), `${i} `.padEnd(eventBytes, 'x'));
        // Four batches share the link.
        if ((i + 1) % (events / 4) === 0) void pipeline.flush();
      }
      const idealMs = (events * (eventBytes + 50) * 1000) / bytesPerSecond;
      await untilResolved('the flush', pipeline.flush(), async () => {
        if (clock.now() - begun > 20 * idealMs) throw new Error(`only ${local.count('/test/app')} arrived`);
        link.carry(bytesPerSecond / 10);
        await clock.advance(100);
        // The service responds to requests that have arrived.
        for (let i = 0; i < 10; i++) await settled();
      });
      t.log(
        `${local.count('/test/app')} stored, ${events} logged, in ${(clock.now() - begun) / idealMs} × the ideal time`,
      );
      t.deepEqual(pipeline.counts(), allDelivered(events));
      t.is(new Set(messages(local)).size, events);
      t.true(local.count('/test/app') <= 3 * events, `${local.count('/test/app')} with duplicates`);
      await pipeline.close();
    },
  );
}
