import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import type { Tools } from './tools.js';

/** Answers the requests of an MCP client. `bundle.js` makes the implementation, with the SDK in it. */
export type McpHandler = (request: Request) => Promise<Response>;
export type CreateMcpHandler = (tools: Tools, version: string) => McpHandler;

/** @throws {Error} if the implementation is not built */
export async function loadMcp(tools: Tools, version: string): Promise<McpHandler> {
  // The compiler does not see this file, which is bundled.
  const { createMcp }: { readonly createMcp: CreateMcpHandler } = await import(
    new URL('server.js', import.meta.url).href
  );
  return createMcp(tools, version);
}

/** Has a handler answer a request of Node. */
export async function answerMcp(
  handler: McpHandler,
  { method = 'GET', url = '', headers }: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
): Promise<undefined> {
  const given = Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]);
  const answer = await handler(
    new Request(new URL(url, 'http://localhost'), {
      method,
      headers: given,
      ...(body.length > 0 && { body: new Uint8Array(body) }),
    }),
  );
  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  // Both types are those of web streams.
  if (answer.body) await pipeline(Readable.fromWeb(answer.body as ReadableStream), response);
  else response.end();
  return undefined;
}
