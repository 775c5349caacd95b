import type { IncomingMessage } from 'node:http';
import type { Fault } from '../faults/faults.js';
import { isForLoopback } from './browsers.js';
import { parseJson } from './json.js';
import { jsonReply, type Reply } from './protocol.js';

export const CONTROL_PATH = '/_putlogs/';

/** The part of `Local` that the control interface uses. */
interface Controlled {
  readonly requests: readonly object[];
  events(logGroupName: string, logStreamName?: string): readonly object[];
  fault(fault: Fault): () => void;
  clearFaults(): void;
}

/** Answers a request under CONTROL_PATH. */
export function control(local: Controlled, request: IncomingMessage, body: Buffer): Reply {
  if (!isForLoopback(request.headers)) return jsonReply(403, { message: 'The Host is not a loopback name.' });
  try {
    return route(local, request, body);
  } catch (error) {
    return jsonReply(400, { message: error instanceof Error ? error.message : String(error) });
  }
}

function route(local: Controlled, request: IncomingMessage, body: Buffer): Reply {
  const url = new URL(request.url ?? '', 'http://localhost');
  switch (`${request.method} ${url.pathname.slice(CONTROL_PATH.length)}`) {
    case 'GET health':
      return jsonReply(200, { status: 'ok' });
    case 'GET requests':
      return jsonReply(200, local.requests);
    case 'GET events':
      return events(local, url.searchParams);
    case 'POST faults':
      return addFault(local, request.headers['content-type'], body);
    case 'DELETE faults':
      local.clearFaults();
      return jsonReply(200, {});
    default:
      return jsonReply(404, { message: `Nothing is at ${request.method} ${url.pathname}.` });
  }
}

function events(local: Controlled, query: URLSearchParams): Reply {
  const group = query.get('logGroupName');
  if (group === null) return jsonReply(400, { message: 'logGroupName is missing.' });
  return jsonReply(200, local.events(group, query.get('logStreamName') ?? undefined));
}

function addFault(local: Controlled, contentType: string | undefined, body: Buffer): Reply {
  if (contentType?.split(';')[0]?.trim() !== 'application/json') {
    return jsonReply(415, { message: 'The content type is not application/json.' });
  }
  // `fault` checks all of it.
  local.fault(parseJson(body) as Fault);
  return jsonReply(200, {});
}
