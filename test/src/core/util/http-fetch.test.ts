import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { Worker } from 'node:worker_threads';
import { ConnectTimeoutError, httpFetch } from '@putlogs/core/internal';
import test, { type ExecutionContext } from 'ava';
import { range } from '../../support/harness.js';

/** A server that accepts no connection, since its thread is blocked. When its backlog is full, packets are dropped. */
const BLOCKED_SERVER = `
  const { parentPort } = require('node:worker_threads');
  const server = require('node:net').createServer().listen({ host: '127.0.0.1', port: 0, backlog: 1 }, () => {
    parentPort.postMessage(server.address());
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });
`;

/** A loopback address that drops packets, like the address of a metadata service on a network that has none. */
async function blackHole(t: ExecutionContext): Promise<string> {
  const worker = new Worker(BLOCKED_SERVER, { eval: true });
  t.teardown(() => worker.terminate());
  const [{ port }] = (await once(worker, 'message')) as [AddressInfo];
  for (const _ of range(64)) {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    t.teardown(() => socket.destroy());
  }
  return `http://127.0.0.1:${port}/`;
}

test('a request whose packets are dropped fails before the system gives up connecting', async (t) => {
  const { signal } = new AbortController();
  await t.throwsAsync(httpFetch(await blackHole(t), { signal }), { instanceOf: ConnectTimeoutError });
});
