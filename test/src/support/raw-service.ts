import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ExecutionContext } from 'ava';

/** Variables that the AWS SDK needs. The keys are not secret. */
const CREDENTIALS = {
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_REGION: 'us-east-1',
} as const;

/**
 * A service that reads each request and lets the test answer it in any way, also in ways that CloudWatch Logs would
 * not.
 */
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

/** A server on a loopback address, which is closed at the end of the test. */
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

/** Headers of an answer from the service itself: only these have a request id. */
export const GENUINE = { 'x-amzn-requestid': '7c0a4b1e', 'content-type': 'application/x-amz-json-1.1' };
