import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { CountingClock } from '../counting-clock.js';
import { settled } from '../manual-clock.js';
import { until } from '../until.js';
import { allDelivered, openPipeline } from './pipeline.js';

/** Takes so many bytes of each connection as the test says, and answers when a request is whole. */
async function startReluctant(t: ExecutionContext) {
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

test.serial('an upload that makes progress is not given up, however long it takes', async (t) => {
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_REGION: 'us-east-1',
  });
  const service = await startReluctant(t);
  const clock = new CountingClock(Date.now());
  const begun = clock.now();
  const pipeline = openPipeline(service, { gzip: false, requestTimeoutMs: 10_000 }, { clock });
  // As JSON six megabytes: more than the system buffers.
  pipeline.accept(Date.now(), '\u0001'.repeat(1_048_550));
  const flushed = pipeline.flush();
  await until('a connection', () => service.sockets.length > 0);
  const [socket] = service.sockets;
  if (socket === undefined) return t.fail();
  let head = '';
  let got = 0;
  let length = Number.POSITIVE_INFINITY;
  const take = () => {
    const piece: Buffer | null = socket.read();
    if (piece === null) return;
    got += piece.length;
    if (length !== Number.POSITIVE_INFINITY) return;
    head += piece.toString('latin1');
    const end = head.indexOf('\r\n\r\n');
    if (end >= 0) length = end + 4 + Number(/content-length: (\d+)/i.exec(head)?.[1]);
  };
  let steps = 0;
  while (got < length) {
    const before = clock.starts;
    await until('progress', () => clock.starts > before || got >= length, take);
    // Else all of it is under way, and the answer would be late.
    if (clock.starts === before) break;
    steps++;
    await clock.advance(9000);
  }
  await until('the whole request', () => got >= length, take);
  t.true(steps >= 2, `${steps} steps`);
  t.is(service.sockets.length, 1, 'one try');
  socket.write('HTTP/1.1 200 OK\r\nx-amzn-requestid: 1\r\ncontent-length: 2\r\n\r\n{}');
  await flushed;
  t.true(clock.now() - begun > 10_000);
  t.deepEqual(pipeline.counts(), allDelivered(1));
  await pipeline.close();
});

test.serial('an upload that stands still is given up', async (t) => {
  const service = await startReluctant(t);
  const clock = new CountingClock(Date.now());
  const pipeline = openPipeline(service, { gzip: false, requestTimeoutMs: 10_000 }, { clock });
  pipeline.accept(Date.now(), '\u0001'.repeat(1_048_550));
  void pipeline.flush();
  await until('a connection', () => service.sockets.length === 1);
  // The system takes what it has room for.
  let starts = -1;
  await until(
    'it stands still',
    () => starts === clock.starts,
    async () => {
      starts = clock.starts;
      for (let i = 0; i < 200; i++) await settled();
    },
  );
  await clock.advance(10_000);
  await until(
    'another try',
    () => service.sockets.length === 2,
    () => clock.advance(0),
  );
  const closed = pipeline.close();
  await clock.advance(8000);
  await closed;
  t.is(pipeline.counts().dropped.closed, 1);
});
