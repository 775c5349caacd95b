import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { Worker } from 'node:worker_threads';
import { httpFetch, Unreached } from '@putlogs/core/internal';
import test, { type ExecutionContext } from 'ava';
import { range } from '../../support/harness.js';

/** Takes no connection, since its thread stands still: those that wait fill its backlog, and packets for more vanish. */
const STANDSTILL = `
  const { parentPort } = require('node:worker_threads');
  const server = require('node:net').createServer().listen({ host: '127.0.0.1', port: 0, queue: 1 }, () => {
    parentPort.postMessage(server.address());
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });
`;

/** An address of this machine at which packets vanish, as those to a metadata service that is not there. */
async function blackHole(t: ExecutionContext): Promise<string> {
  const worker = new Worker(STANDSTILL, { eval: true });
  t.teardown(() => worker.terminate());
  const [{ port }] = (await once(worker, 'message')) as [AddressInfo];
  for (const _ of range(64)) {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    t.teardown(() => socket.destroy());
  }
  return `http://127.0.0.1:${port}/`;
}

test('where packets vanish nobody is waited for until the system gives up', async (t) => {
  const { signal } = new AbortController();
  await t.throwsAsync(httpFetch(await blackHole(t), { signal }), { instanceOf: Unreached });
});
