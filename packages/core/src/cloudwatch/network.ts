import { readFile } from 'node:fs/promises';
import { type ClientRequestArgs, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent, type RequestOptions } from 'node:https';
import type { Duplex } from 'node:stream';
import type { Clock } from '../util/clock.js';
import type { EnvironmentVariables } from '../util/environment-variables.js';
import { errorCode } from '../util/error-message.js';
import { CertificateError, isUntrusted, trustAdvice } from './certificates.js';
import { chooseProxy, type RequestTarget } from './choose-proxy.js';
import { ProxyError } from './client-errors.js';
import { noteHost } from './error-hosts.js';
import { describeProxy, openTunnel, type Trust } from './proxy-tunnel.js';

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
 * Connects to AWS as the user's network requires. Only the calls of CloudWatch Logs, STS and SSO do, so nothing else goes through
 * a proxy: not the metadata services, which the SDK asks on connections of its own, and nothing of the application.
 */
export class Network {
  readonly requestHandler: RequestHandlerOptions;
  readonly #options: NetworkOptions;
  readonly #env: EnvironmentVariables;
  readonly #clock: Clock;
  /** The proxy of each attempt to connect through one. */
  readonly #attempts = new Map<AbortController, URL>();

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

  /**
   * Opens a connection to a target that has a proxy, or certificates of its own.
   * @param direct connects without a proxy
   * @returns undefined if it has neither
   */
  open(
    protocol: RequestTarget['protocol'],
    connection: ClientRequestArgs,
    direct: Direct,
  ): Promise<Socket> | undefined {
    const target = { protocol, host: connection.host ?? '', port: Number(connection.port) };
    const proxy = chooseProxy(this.#options.proxy, target, this.#env);
    if (proxy instanceof ProxyError) return Promise.reject(proxy);
    if (proxy !== undefined) return this.#openTunnel(target, proxy, connection, direct);
    const hasOwnTrust = protocol === 'https:' && this.#options.caFile !== undefined;
    return hasOwnTrust ? this.#openTrusting(connection, direct) : undefined;
  }

  async #openTunnel(
    target: RequestTarget,
    proxy: URL,
    connection: ClientRequestArgs,
    direct: Direct,
  ): Promise<Socket> {
    const trust = await this.#readTrust();
    const attempt = new AbortController();
    const { signal } = attempt;
    this.#attempts.set(attempt, proxy);
    // Less than the limit of the whole request, whose error would not name the proxy.
    const cancel = this.#clock.after(this.#options.requestTimeoutMs / 2, () => attempt.abort());
    try {
      const socket = await openTunnel(target, { proxy, trust, signal });
      return target.protocol === 'https:' ? direct({ ...connection, ...trust, socket }) : socket;
    } catch (error) {
      const { cause } = error instanceof ProxyError ? error : {};
      throw isUntrusted(errorCode(cause))
        ? new CertificateError(describeProxy(proxy), this.trustAdvice, cause)
        : error;
    } finally {
      cancel();
      this.#attempts.delete(attempt);
    }
  }

  async #openTrusting(connection: ClientRequestArgs, direct: Direct): Promise<Socket> {
    return direct({ ...connection, ...(await this.#readTrust()) });
  }

  /** For each connection, since the file may be replaced. */
  async #readTrust(): Promise<Trust> {
    const { caFile } = this.#options;
    return caFile === undefined ? {} : { ca: [await readFile(caFile, 'utf8')] };
  }

  /** What to do about a certificate that is not trusted. */
  get trustAdvice(): string {
    return trustAdvice(this.#options.caFile, this.#env);
  }

  /** A proxy that has not responded so far. */
  get silentProxy(): URL | undefined {
    const [proxy] = this.#attempts.values();
    return proxy;
  }

  /** No request is in progress. An attempt that still waits for a proxy would keep the process alive. */
  endAttempts(): void {
    for (const attempt of this.#attempts.keys()) attempt.abort();
  }
}

/** Node lets an agent return something other than a socket. */
type Socket = Duplex | null | undefined;

/** Node passes only one of the arguments. */
type Connected = (error: Error | null, socket?: Duplex | null) => void;

/** Connects as an agent does by itself; one that speaks TLS does so on the socket, if there is one. */
type Direct = (connection: ClientRequestArgs & { readonly socket?: Duplex }) => Socket;

/** As the SDK sets up its own agents. */
const AGENT_OPTIONS = { keepAlive: true, maxSockets: 50 };

class SecureAgent extends HttpsAgent {
  readonly #network: Network;

  constructor(network: Network) {
    super(AGENT_OPTIONS);
    this.#network = network;
  }

  override createConnection(connection: RequestOptions, connected: Connected): Socket {
    const direct: Direct = (given) => noteHost(super.createConnection(given), connection);
    const opening = this.#network.open('https:', connection, direct);
    return opening === undefined ? direct(connection) : passOn(opening, connected);
  }
}

class PlainAgent extends HttpAgent {
  readonly #network: Network;

  constructor(network: Network) {
    super(AGENT_OPTIONS);
    this.#network = network;
  }

  override createConnection(connection: ClientRequestArgs, connected: Connected): Socket {
    const direct: Direct = (given) => noteHost(super.createConnection(given), connection);
    const opening = this.#network.open('http:', connection, direct);
    return opening === undefined ? direct(connection) : passOn(opening, connected);
  }
}

function passOn(opening: Promise<Socket>, connected: Connected): undefined {
  void opening.then((socket) => connected(null, socket), connected);
}
