import type { RequestOptions } from 'node:https';
import { isIPv6 } from 'node:net';
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
  /** For a proxy that speaks TLS. */
  readonly trust: Trust;
  /** Aborted when the proxy has not responded in time. */
  readonly signal: AbortSignal;
}

/** hpagent passes the host name on to Node, which takes an IPv6 address without the brackets of a URL. */
function withoutBrackets(proxy: URL): URL {
  return Object.defineProperty(new URL(proxy), 'hostname', {
    value: proxy.hostname.replace(/^\[|\]$/g, ''),
  });
}

/**
 * Opens a connection through an HTTP proxy, by CONNECT.
 * @returns the socket, as if it led to the target directly
 * @throws {ProxyError} which names the proxy without its password
 */
export async function openTunnel(
  target: { readonly host: string; readonly port: number },
  { proxy, trust, signal }: TunnelOptions,
): Promise<Duplex> {
  // Only those who have a proxy pay for it.
  const { HttpProxyAgent } = await import('hpagent');
  // hpagent passes these to Node, which knows more of them than hpagent's types do.
  const proxyRequestOptions: ProxyAgentRequestOptions & RequestOptions = { ...trust, signal };
  const agent = new HttpProxyAgent({ keepAlive: true, proxy: withoutBrackets(proxy), proxyRequestOptions });
  const host = isIPv6(target.host) ? `[${target.host}]` : target.host;
  return new Promise((resolve, reject) => {
    agent.createConnection({ host, port: target.port }, (error, socket) => {
      if (error === null) resolve(socket);
      else
        reject(
          new ProxyError(`${describeProxy(proxy)} ${reason(error, `${host}:${target.port}`)}`, {
            cause: error,
          }),
        );
    });
  });
}

/** Names a proxy, without its password. */
export function describeProxy({ protocol, host }: URL): string {
  return `the proxy ${protocol}//${host}`;
}

/** hpagent says no more about a refusal than `Bad response: 407`. */
function reason({ name, message }: Error, target: string): string {
  const [, status] = /^Bad response: (\d+)$/.exec(message) ?? [];
  switch (status) {
    case undefined:
      return name === 'AbortError' ? 'does not respond' : `cannot be reached: ${message}`;
    case '407':
      return 'refuses the user name and password, or wants some (407)';
    default:
      return `refuses to connect to ${target} (${status})`;
  }
}
