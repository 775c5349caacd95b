import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import type { Network } from '@putlogs/core/internal';

/** How far a request got, in milliseconds after its start. */
interface Stages {
  /** The address of the host, if it was looked up. */
  address?: string;
  /** Without a proxy at once; else once the proxy has opened the way. */
  hasSocket?: true;
  connectedMs?: number;
  securedMs?: number;
  answeredMs?: number;
}

export type Probe = Readonly<Stages> &
  (
    | {
        readonly kind: 'answered';
        readonly status: number;
        readonly date: string;
        readonly isService: boolean;
      }
    /** Nothing happened for a while. */
    | { readonly kind: 'silent' }
    | { readonly kind: 'failed'; readonly error: Error }
  );

/** Each stage may take this long. */
const PATIENCE_MS = 5000;

/** A request without a signature, which the service refuses. It needs no credentials and changes nothing. */
const REQUEST = {
  method: 'POST',
  headers: {
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': 'Logs_20140328.DescribeLogGroups',
  },
};

/** Sends a request as the transport would, through its proxy and with its certificates, and watches how far it gets. */
export function probeEndpoint(endpoint: URL, network: Network): Promise<Probe> {
  const startedAt = performance.now();
  const since = () => Math.round(performance.now() - startedAt);
  const stages: Stages = {};
  return new Promise((resolve) => {
    const call = open(endpoint, network);
    const settle = (end: Probe) => {
      clearTimeout(timer);
      call.destroy();
      resolve({ ...stages, ...end });
    };
    const timer = setTimeout(() => settle({ kind: 'silent' }), PATIENCE_MS);
    call.once('socket', (socket: Socket) => {
      stages.hasSocket = true;
      socket.on('lookup', (_, address) => {
        stages.address = String(address);
      });
      socket.once('connect', () => {
        stages.connectedMs = since();
        timer.refresh();
      });
      socket.once('secureConnect', () => {
        stages.securedMs = since();
        timer.refresh();
      });
    });
    call.once('response', (response: IncomingMessage) => {
      stages.answeredMs = since();
      settle(answer(response));
    });
    call.once('error', (error: Error) => settle({ kind: 'failed', error }));
    call.end('{}');
  });
}

function open(endpoint: URL, { requestHandler }: Network): ClientRequest {
  return endpoint.protocol === 'https:'
    ? httpsRequest(endpoint, { ...REQUEST, agent: requestHandler.httpsAgent })
    : httpRequest(endpoint, { ...REQUEST, agent: requestHandler.httpAgent });
}

function answer({ statusCode = 0, headers }: IncomingMessage): Probe {
  // Only the service returns a request id.
  const isService = headers['x-amzn-requestid'] !== undefined;
  return { kind: 'answered', status: statusCode, date: headers.date ?? '', isService };
}
