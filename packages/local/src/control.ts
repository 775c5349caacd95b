import type { IncomingMessage } from 'node:http';
import type { Fault } from './faults.js';
import type { Reply } from './protocol.js';

export const CONTROL_PATH = '/_awslogs/';

/** What the control interface reads and does: the programmatic one. */
interface Controlled {
  readonly requests: readonly object[];
  events(logGroupName: string, logStreamName?: string): readonly object[];
  fault(fault: Fault): () => void;
  clearFaults(): void;
}

/**
 * Names of this machine only. A page in a browser can have its own name resolve to 127.0.0.1 (DNS rebinding), but
 * it cannot change the Host that the browser then sends.
 */
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i;

/** Answers a request under CONTROL_PATH. */
export function control(local: Controlled, request: IncomingMessage, body: Buffer): Reply {
  if (!LOOPBACK.test(request.headers.host ?? ''))
    return json(403, { message: 'The Host is not a loopback name.' });
  try {
    return route(local, request, body);
  } catch (error) {
    return json(400, { message: error instanceof Error ? error.message : String(error) });
  }
}

function route(local: Controlled, request: IncomingMessage, body: Buffer): Reply {
  const url = new URL(request.url ?? '', 'http://localhost');
  switch (`${request.method} ${url.pathname.slice(CONTROL_PATH.length)}`) {
    case 'GET health':
      return json(200, { status: 'ok' });
    case 'GET requests':
      return json(200, local.requests);
    case 'GET events':
      return events(local, url.searchParams);
    case 'POST faults':
      return addFault(local, request.headers['content-type'], body);
    case 'DELETE faults':
      local.clearFaults();
      return json(200, {});
    default:
      return json(404, { message: `Nothing is at ${request.method} ${url.pathname}.` });
  }
}

function events(local: Controlled, query: URLSearchParams): Reply {
  const group = query.get('logGroupName');
  if (group === null) return json(400, { message: 'logGroupName is missing.' });
  return json(200, local.events(group, query.get('logStreamName') ?? undefined));
}

/** JSON alone: a page elsewhere cannot send that content type without asking first, and is not answered. */
function addFault(local: Controlled, contentType: string | undefined, body: Buffer): Reply {
  if (contentType?.split(';')[0]?.trim() !== 'application/json') {
    return json(415, { message: 'The content type is not application/json.' });
  }
  local.fault(JSON.parse(body.toString('utf8')));
  return json(200, {});
}

const json = (status: number, content: unknown): Reply => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(content),
});
