import { readFile } from 'node:fs/promises';
import { type ClientRequestArgs, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent, type RequestOptions } from 'node:https';
import type { Duplex } from 'node:stream';
import type { Clock } from '../util/clock.js';
import type { EnvironmentVariables } from '../util/environment-variables.js';
import { chooseProxy, type RequestTarget } from './choose-proxy.js';
import { ProxyError } from './client-errors.js';
import { openTunnel, type Trust, type TunnelOptions } from './proxy-tunnel.js';

export interface NetworkOptions {
  readonly proxy: string | false | undefined;
  readonly caFile: string | undefined;
  readonly requestTimeoutMs: number;
}

/** Options of the SDK's clients. */
export interface RequestHandlerOptions {
  readonly connectionTimeout: number;
  readonly httpAgent: HttpAgent;
  readonly httpsAgent: HttpsAgent;
}

/**
 * Connects to AWS as the user's network wants it. Only the calls of CloudWatch Logs, STS and SSO do, so nothing else goes through
 * a proxy: not the metadata services, which the SDK asks on connections of its own, and nothing of the application.
 */
export class Network {
  readonly requestHandler: RequestHandlerOptions;
  readonly #options: NetworkOptions;
  readonly #env: EnvironmentVariables;
  readonly #clock: Clock;
  /** One for each attempt to connect through a proxy. */
  readonly #attempts = new Set<AbortController>();

  /** @param env is read for each connection, since dotenv may set variables after the start */
  constructor(options: NetworkOptions, env: EnvironmentVariables, clock: Clock) {
    this.#options = options;
    this.#env = env;
    this.#clock = clock;
    this.requestHandler = {
      connectionTimeout: options.requestTimeoutMs,
      httpAgent: new PlainAgent(this),
      httpsAgent: new SecureAgent(this),
    };
  }

  /** Connects through the proxy for this target, or directly if there is none. Never throws. */
  connect(
    protocol: RequestTarget['protocol'],
    connection: ClientRequestArgs,
    connected: Connected,
    direct: Direct,
  ): Duplex | null | undefined {
    const isSecure = protocol === 'https:';
    const target = { protocol, host: connection.host ?? '', port: Number(connection.port) };
    const proxy = chooseProxy(this.#options.proxy, target, this.#env);
    if (proxy instanceof ProxyError) connected(proxy);
    else if (proxy === undefined && !(isSecure && this.#options.caFile !== undefined))
      return direct(connection);
    else
      void this.#open(connection, isSecure, proxy, direct).then(
        (socket) => connected(null, socket),
        connected,
      );
    return undefined;
  }

  async #open(
    connection: ClientRequestArgs,
    isSecure: boolean,
    proxy: URL | undefined,
    direct: Direct,
  ): Promise<Duplex | null | undefined> {
    const { caFile } = this.#options;
    // For each connection, since the file may be replaced.
    const trust: Trust = caFile === undefined ? {} : { ca: [await readFile(caFile, 'utf8')] };
    const trusting = { ...connection, ...trust };
    return proxy === undefined ? direct(trusting) : this.#tunnel(trusting, { proxy, isSecure, trust });
  }

  #tunnel(connection: ClientRequestArgs, to: Omit<TunnelOptions, 'signal'>): Promise<Duplex> {
    const attempt = new AbortController();
    this.#attempts.add(attempt);
    // Less than the limit of the whole request, whose error would not name the proxy.
    const cancel = this.#clock.after(this.#options.requestTimeoutMs / 2, () => attempt.abort());
    return openTunnel(connection, { ...to, signal: attempt.signal }).finally(() => {
      cancel();
      this.#attempts.delete(attempt);
    });
  }

  /** No request is in progress. An attempt that still waits for a proxy would keep the process alive. */
  endAttempts(): void {
    for (const attempt of this.#attempts) attempt.abort();
  }
}

/** Node passes one of the arguments only. */
type Connected = (error: Error | null, socket?: Duplex | null) => void;

/** Connects without a proxy. */
type Direct = (connection: ClientRequestArgs) => Duplex | null | undefined;

/** As the SDK sets its own agents up. */
const AGENT_OPTIONS = { keepAlive: true, maxSockets: 50 };

class SecureAgent extends HttpsAgent {
  readonly #network: Network;

  constructor(network: Network) {
    super(AGENT_OPTIONS);
    this.#network = network;
  }

  override createConnection(options: RequestOptions, connected: Connected): Duplex | null | undefined {
    return this.#network.connect('https:', options, connected, (given) => super.createConnection(given));
  }
}

class PlainAgent extends HttpAgent {
  readonly #network: Network;

  constructor(network: Network) {
    super(AGENT_OPTIONS);
    this.#network = network;
  }

  override createConnection(options: ClientRequestArgs, connected: Connected): Duplex | null | undefined {
    return this.#network.connect('http:', options, connected, (given) => super.createConnection(given));
  }
}
