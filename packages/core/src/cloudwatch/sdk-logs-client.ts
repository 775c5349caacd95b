import type { CloudWatchLogsClient, CloudWatchLogsClientConfig } from '@aws-sdk/client-cloudwatch-logs';
import type { LogStreamName } from '../contracts/destination.js';
import type { Clock } from '../util/clock.js';
import type { EnvironmentVariables } from '../util/environment-variables.js';
import { CertificateError, isUntrusted } from './certificates.js';
import { classify } from './classify.js';
import {
  ClosedError,
  NotTheServiceError,
  ProxyError,
  RequestTimeoutError,
  ShortenedTimeoutError,
} from './client-errors.js';
import { type AccountOptions, credentialSource } from './credential-source.js';
import { Credentials } from './credentials.js';
import { IdleTimers } from './idle-timers.js';
import type { LogGroupSettings, LogsClient, PutEventsRequest, PutEventsResult } from './logs-client.js';
import { Network, type NetworkOptions } from './network.js';
import { warnOfExposedTokens } from './plain-http.js';
import { describeProxy } from './proxy-tunnel.js';
import { regionOf } from './region.js';
import { encodeBody } from './request-body.js';
import { chooseRequestHandler } from './request-handler.js';
import sdk from './sdk.cjs';
import {
  type MiddlewareStack,
  replaceBody,
  sampleServiceClock,
  superviseExchange,
} from './sdk-middleware.js';
import type { ServiceClock } from './service-clock.js';

export interface SdkOptions extends NetworkOptions, AccountOptions {
  readonly region: string | undefined;
  readonly endpoint: string | undefined;
  readonly gzip: boolean;
  /** Of the user's module: a handler for the SDK, without `destroy`, or options of one. It comes before `proxy` and `caFile`. */
  readonly requestHandler?: object | undefined;
  /** The longest silence in milliseconds: while credentials are looked up, during the upload, and then for the whole response. */
  readonly requestTimeoutMs: number;
}

const UNTRUSTED_HOST = 'CloudWatch Logs, or of a proxy on the way,';

/** A client over the official SDK, which handles credentials, signing, connections and errors. */
export class SdkLogsClient implements LogsClient {
  readonly #client: CloudWatchLogsClient;
  readonly #options: SdkOptions;
  readonly #timers: IdleTimers;
  readonly #network: Network;
  readonly #credentials: Credentials;
  /** One for each call in progress. */
  readonly #calls = new Set<AbortController>();
  #isClosed = false;

  /** @param tokenExposed is called once, when a session token goes to another machine over plain HTTP */
  constructor(
    options: SdkOptions,
    env: EnvironmentVariables,
    clock: Clock,
    serviceClock: ServiceClock,
    tokenExposed: (hostname: string) => void,
  ) {
    this.#options = options;
    this.#timers = new IdleTimers(options.requestTimeoutMs, clock);
    this.#network = new Network(options, env, clock);
    const requestHandler = chooseRequestHandler(options.requestHandler, this.#network.requestHandler);
    this.#credentials = new Credentials(this.#timers, this.#network, () =>
      credentialSource(options, requestHandler, clock),
    );
    const config: CloudWatchLogsClientConfig = {
      // The dispatcher alone decides whether to send a batch again.
      maxAttempts: 1,
      credentials: this.#credentials.provider,
      requestHandler,
      region: regionOf(options),
    };
    if (options.profile !== undefined) config.profile = options.profile;
    if (options.endpoint !== undefined) config.endpoint = options.endpoint;
    this.#client = new sdk.CloudWatchLogsClient(config);
    warnOfExposedTokens(this.#client.middlewareStack, tokenExposed);
    sampleServiceClock(this.#client.middlewareStack, serviceClock);
  }

  async putLogEvents({
    logGroupName,
    logStreamName,
    batch,
    entity,
  }: PutEventsRequest): Promise<PutEventsResult> {
    const body = await encodeBody({ logGroupName, logStreamName, entity }, batch.payload, this.#options.gzip);
    // The events are serialised already. The SDK would spend most of its time serialising them again, so it gets none, and the
    // encoded body replaces its own before it signs the request.
    const command = new sdk.PutLogEventsCommand({ logGroupName, logStreamName, logEvents: [] });
    replaceBody(command.middlewareStack, body);
    let isUnreadable = false;
    const output = await this.#call(
      command,
      (abortSignal) => this.#client.send(command, { abortSignal }),
      () => {
        isUnreadable = true;
      },
    );
    // Only the service returns a request id. A proxy or a captive portal may respond with 200 and drop the events.
    if (output.$metadata.requestId === undefined) throw new NotTheServiceError();
    return { ...output, isUnreadable };
  }

  async createLogGroup(settings: LogGroupSettings): Promise<void> {
    const command = new sdk.CreateLogGroupCommand(settings);
    await this.#call(command, (abortSignal) => this.#client.send(command, { abortSignal }));
  }

  async createLogStream(name: LogStreamName): Promise<void> {
    const command = new sdk.CreateLogStreamCommand(name);
    await this.#call(command, (abortSignal) => this.#client.send(command, { abortSignal }));
  }

  async putRetentionPolicy(logGroupName: string, retentionInDays: number): Promise<void> {
    const command = new sdk.PutRetentionPolicyCommand({ logGroupName, retentionInDays });
    await this.#call(command, (abortSignal) => this.#client.send(command, { abortSignal }));
  }

  /** Aborts the calls in progress and closes the connections. Every later call rejects. */
  close(): void {
    this.#isClosed = true;
    for (const call of this.#calls) call.abort(new ClosedError());
    this.#client.destroy();
  }

  /** See {@link IdleTimers.shortenTo}. */
  shortenTimeouts(ms: number): () => void {
    return this.#timers.shortenTo(ms);
  }

  /** The SDK's own timeouts are off by default, and cover neither credentials nor a response that comes byte by byte. */
  async #call<T>(
    { middlewareStack }: { readonly middlewareStack: MiddlewareStack },
    send: (signal: AbortSignal) => Promise<T>,
    unreadable: () => void = () => undefined,
  ): Promise<T> {
    if (this.#isClosed) throw new ClosedError();
    const call = new AbortController();
    this.#calls.add(call);
    // Twice as long until the request is signed: the look-up of credentials has its own timer, which says what is wrong.
    const timer = this.#timers.start((ms) => call.abort(this.#timeoutError(ms)), 2);
    superviseExchange(middlewareStack, timer, unreadable);
    try {
      return await Promise.race([send(call.signal), rejection(call.signal)]);
    } catch (error) {
      const { kind, failure } = classify(error);
      // Other credentials of the same identity have the same permissions.
      if (kind === 'denied' && !failure.name.startsWith('AccessDenied')) this.#credentials.renew();
      throw isUntrusted(failure.name)
        ? new CertificateError(UNTRUSTED_HOST, this.#network.trustAdvice, error)
        : error;
    } finally {
      timer.stop();
      this.#calls.delete(call);
      if (this.#calls.size === 0) this.#network.endAttempts();
    }
  }

  #timeoutError(ms: number): Error {
    if (ms >= this.#options.requestTimeoutMs) return new RequestTimeoutError(ms);
    const proxy = this.#network.silentProxy;
    return proxy === undefined
      ? new ShortenedTimeoutError(ms)
      : new ProxyError(`${describeProxy(proxy)} does not respond`);
  }
}

/** Rejects with the signal's reason, and never resolves. */
function rejection(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
