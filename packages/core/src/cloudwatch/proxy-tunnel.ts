import type { ClientRequestArgs } from 'node:http';
import type { RequestOptions } from 'node:https';
import type { Duplex } from 'node:stream';
import type { ProxyAgentRequestOptions } from 'hpagent';
import { ProxyError } from './client-errors.js';

/** The certificates that are trusted. Default: those that Node trusts. */
export interface Trust {
  readonly ca?: string[];
}

export interface TunnelOptions {
  /** With user name and password, if the proxy wants them. */
  readonly proxy: URL;
  /** To a server that speaks TLS. */
  readonly isSecure: boolean;
  /** For a proxy that speaks TLS. */
  readonly trust: Trust;
  /** Aborted when the proxy has not responded in time. */
  readonly signal: AbortSignal;
}

/**
 * Opens a connection through an HTTP proxy, by CONNECT.
 * @param connection what Node passes to the `createConnection` of an agent
 * @returns the socket, on which TLS has begun if the server speaks it
 * @throws {ProxyError} which names the proxy without its password
 */
export async function openTunnel(
  connection: ClientRequestArgs,
  { proxy, isSecure, trust, signal }: TunnelOptions,
): Promise<Duplex> {
  // Only who has a proxy pays for it.
  const { HttpProxyAgent, HttpsProxyAgent } = await import('hpagent');
  const ProxyAgent = isSecure ? HttpsProxyAgent : HttpProxyAgent;
  // hpagent passes these to Node, which knows more of them than hpagent's types do.
  const proxyRequestOptions: ProxyAgentRequestOptions & RequestOptions = { ...trust, signal };
  const agent = new ProxyAgent({ keepAlive: true, proxy, proxyRequestOptions });
  return new Promise((resolve, reject) => {
    agent.createConnection(connection, (error, socket) => {
      if (error === null) resolve(socket);
      else reject(new ProxyError(`${describe(proxy)} ${reason(error, connection)}`, { cause: error }));
    });
  });
}

function describe({ protocol, host }: URL): string {
  return `the proxy ${protocol}//${host}`;
}

/** Of a refusal, hpagent says no more than `Bad response: 407`. */
function reason({ name, message }: Error, { host, port }: ClientRequestArgs): string {
  const [, status] = /^Bad response: (\d+)$/.exec(message) ?? [];
  switch (status) {
    case undefined:
      return name === 'AbortError' ? 'does not respond' : `cannot be reached: ${message}`;
    case '407':
      return 'refuses the user name and password, or wants some (407)';
    default:
      return `refuses to connect to ${host}:${port} (${status})`;
  }
}
