import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ExecutionContext } from 'ava';

/** What every request for AWS needs. The keys are no secrets. */
const CREDENTIALS = {
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_REGION: 'us-east-1',
} as const;

/** A service that answers each request, which it has read, as the test says: also as no good service would. */
export async function startRaw(
  t: ExecutionContext,
  answer: (response: ServerResponse, request: IncomingMessage, body: Buffer) => void,
) {
  Object.assign(process.env, CREDENTIALS);
  return startServer(t, async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    answer(response, request, Buffer.concat(chunks));
  });
}

/** A server on loopback, for as long as the test lasts. */
export async function startServer(t: ExecutionContext, listener: RequestListener) {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** Only the service gives a request id. */
export const GENUINE = { 'x-amzn-requestid': '7c0a4b1e', 'content-type': 'application/x-amz-json-1.1' };
