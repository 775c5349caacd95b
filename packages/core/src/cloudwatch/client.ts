import {
  CloudWatchLogsClient,
  type CloudWatchLogsClientConfig,
  CreateLogGroupCommand,
  type CreateLogGroupCommandInput,
  CreateLogStreamCommand,
  PutLogEventsCommand,
  PutRetentionPolicyCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Batch } from '../batching/batch.js';
import type { Entity } from '../identity/entity.js';
import type { Clock } from '../util/clock.js';
import { classify, type RejectedLogEventsInfo } from './classify.js';
import { Credentials } from './credentials.js';
import { type Middlewares, sendReady, watchExchange } from './exchange.js';
import { IdleTimeouts } from './idle-timeout.js';
import { watchForShownTokens } from './plain-http.js';
import { encodeBody } from './request-body.js';
import type { ServiceClock } from './service-clock.js';

/** The calls of CloudWatch Logs that delivery needs. Each rejects with the SDK's error. */
export interface LogsApi {
  putLogEvents(request: PutRequest): Promise<PutAnswer>;
  createLogGroup(request: LogGroupSettings): Promise<void>;
  createLogStream(name: LogStreamName): Promise<void>;
  putRetentionPolicy(logGroupName: string, retentionInDays: number): Promise<void>;
}

export interface LogStreamName {
  readonly logGroupName: string;
  readonly logStreamName: string;
}

export type LogGroupSettings = Pick<
  CreateLogGroupCommandInput,
  'logGroupName' | 'logGroupClass' | 'kmsKeyId' | 'tags'
>;

export interface PutRequest extends LogStreamName {
  readonly batch: Batch;
  readonly entity: Entity | undefined;
}

export interface PutAnswer {
  readonly rejectedLogEventsInfo?: RejectedLogEventsInfo | undefined;
  readonly rejectedEntityInfo?: { readonly errorType?: string | undefined } | undefined;
  /** The service took the events, and what else it said could not be read. */
  readonly isUnreadable?: boolean;
}

export interface SdkOptions {
  readonly region: string | undefined;
  readonly endpoint: string | undefined;
  readonly gzip: boolean;
  /** How long a call may be silent: the look-up of credentials, the upload, and then the whole answer. */
  readonly requestTimeoutMs: number;
}

/** The one implementation, over the official SDK, which does credentials, signing, connections and errors. */
export class CloudWatchLogs implements LogsApi {
  readonly #client: CloudWatchLogsClient;
  readonly #options: SdkOptions;
  readonly #timeouts: IdleTimeouts;
  readonly #credentials: Credentials;
  /** One for each call that is under way. */
  readonly #calls = new Set<AbortController>();
  #closed = false;

  /** @param tokenShown is called once when session tokens go over plain HTTP to another machine */
  constructor(
    options: SdkOptions,
    clock: Clock,
    serviceClock: ServiceClock,
    tokenShown: (hostname: string) => void,
  ) {
    this.#options = options;
    this.#timeouts = new IdleTimeouts(options.requestTimeoutMs, clock);
    this.#credentials = new Credentials(this.#timeouts);
    const config: CloudWatchLogsClientConfig = {
      // Whether to try again is the shipper's decision alone.
      maxAttempts: 1,
      credentials: this.#credentials.provider,
      requestHandler: { connectionTimeout: options.requestTimeoutMs },
    };
    if (options.region !== undefined) config.region = options.region;
    if (options.endpoint !== undefined) config.endpoint = options.endpoint;
    this.#client = new CloudWatchLogsClient(config);
    watchForShownTokens(this.#client.middlewareStack, tokenShown);
    // Below the SDK's own at this step, and so it sees each answer, also one that the SDK makes an error of.
    this.#client.middlewareStack.add(
      (next) => async (args) => {
        const hear = serviceClock.ask();
        const result = await next(args);
        const { headers = {} } = result.response as RawResponse;
        // Only the service gives a request id: the clock of a proxy on the way says nothing.
        if (headers['x-amzn-requestid'] !== undefined && headers.date !== undefined) hear(headers.date);
        return result;
      },
      { step: 'deserialize', priority: 'low', name: 'putlogsServiceClock' },
    );
  }

  async putLogEvents({ logGroupName, logStreamName, batch, entity }: PutRequest): Promise<PutAnswer> {
    const body = await encodeBody({ logGroupName, logStreamName, entity }, batch.payload, this.#options.gzip);
    // The SDK would spend most of its time serialising events that are serialised already: it is given none,
    // and the ready body takes the place of its own before it signs.
    const command = new PutLogEventsCommand({ logGroupName, logStreamName, logEvents: [] });
    sendReady(command.middlewareStack, body);
    let isUnreadable = false;
    const answer = await this.#call(
      command,
      (abortSignal) => this.#client.send(command, { abortSignal }),
      () => {
        isUnreadable = true;
      },
    );
    // Only the service gives a request id. A proxy or a captive portal may answer 200 and drop the events.
    if (answer.$metadata.requestId === undefined) throw new NotTheServiceError();
    return { ...answer, isUnreadable };
  }

  async createLogGroup(request: LogGroupSettings): Promise<void> {
    const command = new CreateLogGroupCommand(request);
    await this.#call(command, (abortSignal) => this.#client.send(command, { abortSignal }));
  }

  async createLogStream(name: LogStreamName): Promise<void> {
    const command = new CreateLogStreamCommand(name);
    await this.#call(command, (abortSignal) => this.#client.send(command, { abortSignal }));
  }

  async putRetentionPolicy(logGroupName: string, retentionInDays: number): Promise<void> {
    const command = new PutRetentionPolicyCommand({ logGroupName, retentionInDays });
    await this.#call(command, (abortSignal) => this.#client.send(command, { abortSignal }));
  }

  /** Ends the calls that are under way, and the connections. Every later call rejects. */
  close(): void {
    this.#closed = true;
    for (const call of this.#calls) call.abort(new ClosedError());
    this.#client.destroy();
  }

  /** The process ends in so many milliseconds, unless the returned function is called: nothing is waited for as long as that. */
  stopWaiting(ms: number): () => void {
    return this.#timeouts.stopWaiting(ms);
  }

  /** The SDK's own time-outs leave out credentials and a body that drips, and none is on by default. */
  async #call<T>(
    { middlewareStack }: { readonly middlewareStack: Middlewares },
    send: (signal: AbortSignal) => Promise<T>,
    unreadable: () => void = () => undefined,
  ): Promise<T> {
    if (this.#closed) throw new ClosedError();
    const call = new AbortController();
    this.#calls.add(call);
    // Twice as long before the exchange begins: the look-up of credentials has a limit of its own, and says what is wrong.
    const { requestTimeoutMs } = this.#options;
    const watch = this.#timeouts.watch(
      (ms) => call.abort(ms < requestTimeoutMs ? new HurriedError(ms) : new RequestTimeoutError(ms)),
      2,
    );
    watchExchange(middlewareStack, watch, unreadable);
    try {
      return await Promise.race([send(call.signal), rejection(call.signal)]);
    } catch (error) {
      const { kind, failure } = classify(error);
      // Rights that are missing do not come with other credentials.
      if (kind === 'denied' && !failure.name.startsWith('AccessDenied')) this.#credentials.searchAnew();
      throw error;
    } finally {
      watch.stop();
      this.#calls.delete(call);
    }
  }
}

class ClosedError extends Error {
  override readonly name = 'ClosedError';
  constructor() {
    super('the pipeline is closed');
  }
}

class RequestTimeoutError extends Error {
  override readonly name = 'RequestTimeoutError';
  constructor(ms: number) {
    super(`nothing was sent or answered for ${Math.round(ms)} ms`);
  }
}

/** It was given up early, since the process ends: that says nothing of the size of the request. */
class HurriedError extends Error {
  override readonly name = 'HurriedError';
  constructor(ms: number) {
    super(`nothing was sent or answered for ${Math.round(ms)} ms, and the process waits to end`);
  }
}

class NotTheServiceError extends Error {
  override readonly name = 'NotTheServiceError';
  constructor() {
    super('the answer has no request id: it does not come from CloudWatch Logs, but from a proxy on the way');
  }
}

/** Never fulfilled; rejected with the signal's reason. */
function rejection(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

/** What a middleware at step "deserialize" sees of the SDK's HTTP response. */
interface RawResponse {
  readonly headers?: Readonly<Record<string, string | undefined>>;
}
