import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { ExecutionContext } from 'ava';

export const hasIpv6 = Object.values(networkInterfaces()).some((addresses) =>
  addresses?.some(({ address }) => address === '::1'),
);

interface ProxyOptions {
  /** Default: 127.0.0.1. */
  readonly host?: '127.0.0.1' | '::1';
  /** Default: any free port. */
  readonly port?: number;
  /** `user:password` that the proxy wants. Default: none. */
  readonly login?: string;
  /** How the proxy answers. Default: 200, and it connects. */
  readonly status?: number | 'silence';
}

export interface Proxy {
  /** Without user name and password. */
  readonly url: string;
  readonly port: number;
  /** The hosts and ports that clients asked for, in order. */
  readonly asked: readonly string[];
  /** The open connections of clients. */
  readonly clients: ReadonlySet<Socket>;
  /** Ends the proxy and all connections through it. */
  close(): void;
}

/** A real HTTP proxy on the loopback interface, which connects to whatever a client names by CONNECT. */
export async function startProxy(t: ExecutionContext, options: ProxyOptions = {}): Promise<Proxy> {
  const { host = '127.0.0.1', port = 0, login, status = 200 } = options;
  const asked: string[] = [];
  const clients = new Set<Socket>();
  const targets = new Set<Socket>();
  const server = createServer((_, response) => response.writeHead(501).end());
  server.on('connection', (socket: Socket) => {
    clients.add(socket);
    socket.once('close', () => clients.delete(socket));
  });
  server.on('connect', ({ url = '', headers }, socket) => {
    asked.push(url);
    socket.on('error', () => undefined);
    if (status === 'silence') {
      socket.once('end', () => socket.destroy()).resume();
      return;
    }
    const isWelcome = login === undefined || headers['proxy-authorization'] === basic(login);
    const answer = isWelcome ? status : 407;
    if (answer !== 200) {
      socket.end(`HTTP/1.1 ${answer} No\r\n\r\n`);
      return;
    }
    const { hostname, port: targetPort } = new URL(`http://${url}`);
    const target = connect(Number(targetPort), hostname.replace(/^\[|\]$/g, ''));
    targets.add(target);
    target.once('connect', () => socket.write('HTTP/1.1 200 Connection Established\r\n\r\n'));
    target.on('error', () => undefined);
    target.pipe(socket).pipe(target);
  });
  server.listen(port, host);
  await once(server, 'listening');
  const close = () => {
    for (const socket of [...clients, ...targets]) socket.destroy();
    server.close();
  };
  t.teardown(close);
  const address = server.address() as AddressInfo;
  const name = host === '::1' ? '[::1]' : host;
  return { url: `http://${name}:${address.port}`, port: address.port, asked, clients, close };
}

function basic(login: string): string {
  return `Basic ${Buffer.from(login).toString('base64')}`;
}
