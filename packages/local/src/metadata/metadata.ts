import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** How a metadata service answers. */
export type MetadataMode =
  | { readonly kind: 'answers' }
  /** Refuses every request. */
  | { readonly kind: 'refuses'; readonly status: 401 | 404 | 500 }
  /** Answers with 200 and nonsense. */
  | { readonly kind: 'garbage' }
  /** Sends each answer one character at a time, with this delay before each. */
  | { readonly kind: 'drips'; readonly delayMs: number }
  /** Accepts requests and never answers. */
  | { readonly kind: 'hangs' };

export interface MetadataOptions {
  /** Default: answers. */
  readonly mode?: MetadataMode;
}

/** A running fake of a metadata service, on a loopback address. */
export interface Metadata {
  /** Such as `http://127.0.0.1:40123`. */
  readonly endpoint: string;
  /** Environment variables that point a program at the service. */
  readonly env: Readonly<Record<string, string>>;
  /** The requests so far, such as `GET /latest/meta-data/instance-id`. */
  readonly requests: readonly string[];
  /** Sets how the service answers from now on. */
  setMode(mode: MetadataMode): void;
  /** Closes the service and all connections at once, including hanging ones. */
  close(): Promise<void>;
}

export interface MetadataAnswer {
  readonly status: number;
  readonly text: string;
}

/** @param answer returns what the real service would answer */
export async function startMetadata(
  answer: (request: IncomingMessage) => MetadataAnswer,
  envAt: (endpoint: string) => Readonly<Record<string, string>>,
  initially: MetadataMode = { kind: 'answers' },
): Promise<Metadata> {
  const requests: string[] = [];
  let mode = initially;
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    reply(response, mode, () => answerOrBadRequest(answer, request));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  const endpoint = `http://127.0.0.1:${address.port}`;
  return {
    endpoint,
    env: envAt(endpoint),
    requests,
    setMode(next) {
      mode = next;
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** The answer, or a 400 if the request is invalid, for example if its path cannot be decoded. */
function answerOrBadRequest(
  answer: (request: IncomingMessage) => MetadataAnswer,
  request: IncomingMessage,
): MetadataAnswer {
  try {
    return answer(request);
  } catch {
    return { status: 400, text: '' };
  }
}

const GARBAGE = '<html>\u0000{"half": [ i-am-no-answer\n/../\n';

function reply(response: ServerResponse, mode: MetadataMode, answer: () => MetadataAnswer): void {
  switch (mode.kind) {
    case 'answers': {
      const { status, text } = answer();
      response.writeHead(status).end(text);
      return;
    }
    case 'refuses':
      response.writeHead(mode.status).end();
      return;
    case 'garbage':
      response.writeHead(200).end(GARBAGE);
      return;
    case 'drips':
      drip(response, answer(), mode.delayMs);
      return;
    case 'hangs':
  }
}

function drip(response: ServerResponse, { status, text }: MetadataAnswer, delayMs: number): void {
  const characters = [...text];
  response.writeHead(status);
  response.flushHeaders();
  const timer = setInterval(() => {
    const next = characters.shift();
    if (next === undefined) response.end();
    else response.write(next);
  }, delayMs);
  response.once('close', () => clearInterval(timer));
}
