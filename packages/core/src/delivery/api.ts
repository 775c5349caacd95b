import {
  CloudWatchLogsClient,
  type CloudWatchLogsClientConfig,
  CreateLogGroupCommand,
  type CreateLogGroupCommandInput,
  CreateLogStreamCommand,
  PutLogEventsCommand,
  PutRetentionPolicyCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Batch } from '../batch/batch.js';
import type { Clock } from '../clock.js';
import type { Entity } from '../entity/entity.js';
import { type Body, encodeBody } from './body.js';
import { Credentials } from './credentials.js';
import { classify, type RejectedLogEventsInfo } from './outcome.js';

/** The calls of CloudWatch Logs that delivery needs. Each rejects with the SDK's error. */
export interface LogsApi {
  putLogEvents(request: PutRequest): Promise<PutAnswer>;
  createLogGroup(request: LogGroupSettings): Promise<void>;
  createLogStream(name: StreamName): Promise<void>;
  putRetentionPolicy(logGroupName: string, retentionInDays: number): Promise<void>;
}

export interface StreamName {
  readonly logGroupName: string;
  readonly logStreamName: string;
}

export type LogGroupSettings = Pick<
  CreateLogGroupCommandInput,
  'logGroupName' | 'logGroupClass' | 'kmsKeyId' | 'tags'
>;

export interface PutRequest extends StreamName {
  readonly batch: Batch;
  readonly entity: Entity | undefined;
}

export interface PutAnswer {
  readonly rejectedLogEventsInfo?: RejectedLogEventsInfo | undefined;
  readonly rejectedEntityInfo?: { readonly errorType?: string | undefined } | undefined;
}

export interface SdkOptions {
  readonly region: string | undefined;
  readonly endpoint: string | undefined;
  readonly gzip: boolean;
  /** Bounds each call, from the look-up of credentials to the last byte of the answer. */
  readonly requestTimeoutMs: number;
}

/** The one implementation, over the official SDK, which does credentials, signing, connections and errors. */
export class SdkLogsApi implements LogsApi {
  readonly #client: CloudWatchLogsClient;
  readonly #options: SdkOptions;
  readonly #clock: Clock;
  readonly #credentials = new Credentials();
  /** One for each call that is under way. */
  readonly #calls = new Set<AbortController>();
  #closed = false;

  constructor(options: SdkOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
    const config: CloudWatchLogsClientConfig = {
      // Whether to try again is the shipper's decision alone.
      maxAttempts: 1,
      credentials: this.#credentials.provider,
      requestHandler: { connectionTimeout: options.requestTimeoutMs },
    };
    if (options.region !== undefined) config.region = options.region;
    if (options.endpoint !== undefined) config.endpoint = options.endpoint;
    this.#client = new CloudWatchLogsClient(config);
  }

  async putLogEvents({ logGroupName, logStreamName, batch, entity }: PutRequest): Promise<PutAnswer> {
    const body = await encodeBody({ logGroupName, logStreamName, entity }, batch.payload, this.#options.gzip);
    // The SDK would spend most of its time serialising events that are serialised already: it is given none,
    // and the ready body takes the place of its own before it signs.
    const command = new PutLogEventsCommand({ logGroupName, logStreamName, logEvents: [] });
    command.middlewareStack.add(
      (next) => (args) => {
        setBody(args.request as MutableRequest, body);
        return next(args);
      },
      { step: 'build', name: 'awslogsReadyBody' },
    );
    const answer = await this.#call((abortSignal) => this.#client.send(command, { abortSignal }));
    // Only the service gives a request id. A proxy or a captive portal may answer 200 and drop the events.
    if (answer.$metadata.requestId === undefined) throw new NotTheServiceError();
    return answer;
  }

  async createLogGroup(request: LogGroupSettings): Promise<void> {
    const command = new CreateLogGroupCommand(request);
    await this.#call((abortSignal) => this.#client.send(command, { abortSignal }));
  }

  async createLogStream(name: StreamName): Promise<void> {
    const command = new CreateLogStreamCommand(name);
    await this.#call((abortSignal) => this.#client.send(command, { abortSignal }));
  }

  async putRetentionPolicy(logGroupName: string, retentionInDays: number): Promise<void> {
    const command = new PutRetentionPolicyCommand({ logGroupName, retentionInDays });
    await this.#call((abortSignal) => this.#client.send(command, { abortSignal }));
  }

  /** Ends the calls that are under way, and the connections. Every later call rejects. */
  close(): void {
    this.#closed = true;
    for (const call of this.#calls) call.abort(new ClosedError());
    this.#client.destroy();
  }

  /** The SDK's own time-outs leave out credentials and a body that drips, and none is on by default. */
  async #call<T>(send: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (this.#closed) throw new ClosedError();
    const call = new AbortController();
    this.#calls.add(call);
    const { requestTimeoutMs } = this.#options;
    const cancel = this.#clock.after(requestTimeoutMs, () =>
      call.abort(new RequestTimeoutError(requestTimeoutMs)),
    );
    try {
      return await Promise.race([send(call.signal), rejection(call.signal)]);
    } catch (error) {
      const { kind, failure } = classify(error);
      // Rights that are missing do not come with other credentials.
      if (kind === 'denied' && !failure.name.startsWith('AccessDenied')) this.#credentials.searchAnew();
      throw error;
    } finally {
      cancel();
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
    super(`no answer within ${ms} ms`);
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

/** What a middleware at step "build" sees of the SDK's HTTP request. */
interface MutableRequest {
  body: unknown;
  headers: Record<string, string>;
}

function setBody(request: MutableRequest, { bytes, gzipped }: Body): void {
  request.body = bytes;
  request.headers['content-length'] = String(bytes.length);
  if (gzipped) request.headers['content-encoding'] = 'gzip';
}
