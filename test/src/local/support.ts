import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
  type PutLogEventsCommandInput,
  type PutLogEventsCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs';
import { type Local, type StartOptions, seededRandom, start } from '@putlogs/local';
import test, { type ExecutionContext } from 'ava';

/** The time of the clock in these tests, which does not advance. */
export const NOW = Date.UTC(2026, 10, 24, 12);
export const SECOND = 1_000;
export const HOUR = 3_600 * SECOND;
export const DAY = 24 * HOUR;

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A service for one test, with the group `g` and its stream `s`, and an SDK client for it. */
export class Bench {
  readonly local: Local;
  readonly client: CloudWatchLogsClient;

  constructor(local: Local) {
    this.local = local;
    this.client = new CloudWatchLogsClient({
      endpoint: local.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      maxAttempts: 1,
      // StartLiveTail would look for a host named stream-127.0.0.1.
      disableHostPrefix: true,
      // It signs at NOW, as `raw` does.
      systemClockOffset: NOW - Date.now(),
    });
  }

  async close(): Promise<void> {
    this.client.destroy();
    await this.local.close();
  }

  put(input: Partial<PutLogEventsCommandInput> = {}): Promise<PutLogEventsCommandOutput> {
    return this.client.send(
      new PutLogEventsCommand({
        logGroupName: 'g',
        logStreamName: 's',
        logEvents: [{ timestamp: NOW, message: 'hello' }],
        ...input,
      }),
    );
  }

  /** Puts one event at each timestamp; its message is its index. */
  putAt(...timestamps: readonly number[]): Promise<PutLogEventsCommandOutput> {
    return this.put({
      logEvents: timestamps.map((timestamp, index) => ({ timestamp, message: `${index}` })),
    });
  }

  messages(): string[] {
    return this.local.events('g').map(({ message }) => message);
  }

  /** Sends a request that the SDK would not send. Undefined removes a header. */
  raw(
    operation: string,
    body: string | Uint8Array,
    change: Readonly<Record<string, string | undefined>> = {},
  ): Promise<Answer> {
    const headers = { ...signedHeaders(operation), ...change };
    return exchange(this.local.port, 'POST', '/', headers, body);
  }
}

export async function bench(t: ExecutionContext, options: StartOptions = {}): Promise<Bench> {
  const made = await openBench(options);
  t.teardown(() => made.close());
  return made;
}

/** A service for all tests of a file that only read what it is filled with. It starts when the first asks for it. */
export function sharedBench(fill: (made: Bench) => Promise<unknown>): () => Promise<Bench> {
  let shared: Promise<Bench> | undefined;
  test.after.always(async () => (await shared)?.close());
  const openFilled = async () => {
    const made = await openBench();
    await fill(made);
    return made;
  };
  return () => {
    shared ??= openFilled();
    return shared;
  };
}

async function openBench(options: StartOptions = {}): Promise<Bench> {
  const made = new Bench(await start({ now: () => NOW, signingClock: () => NOW, ...options }));
  await made.client.send(new CreateLogGroupCommand({ logGroupName: 'g' }));
  await made.client.send(new CreateLogStreamCommand({ logGroupName: 'g', logStreamName: 's' }));
  return made;
}

/** A regular expression that matches none of `costlyMessages`, and has to look long at each. */
export const COSTLY_REGEX = 'x[xy]{500}[zw]';

/** Long enough for the service to end its turn after each. */
export function costlyMessages(count: number): readonly string[] {
  const random = seededRandom(1);
  const next = (): string => (random() < 0.5 ? 'x' : 'y');
  return Array.from({ length: count }, () => Array.from({ length: 4_000 }, next).join(''));
}

/** Puts an event while a request is answered. @returns which was answered first */
export function putDuring(made: Bench, request: Promise<unknown>): Promise<'put' | 'request'> {
  return Promise.race([made.put().then(() => 'put' as const), request.then(() => 'request' as const)]);
}

/** The headers of a request that an SDK signed at NOW. */
export const signedHeaders = (operation: string): Record<string, string> => ({
  'content-type': 'application/x-amz-json-1.1',
  'x-amz-target': `Logs_20140328.${operation}`,
  'x-amz-date': '20261124T120000Z',
  authorization: `AWS4-HMAC-SHA256 Credential=local/20261124/us-east-1/logs/aws4_request, SignedHeaders=host;x-amz-date, Signature=${'0'.repeat(64)}`,
});

export function exchange(
  port: number,
  method: string,
  path: string,
  headers: Readonly<Record<string, string | undefined>> = {},
  body: string | Uint8Array = '',
): Promise<Answer> {
  const given = Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return new Promise((resolve, reject) => {
    const request = httpRequest({
      port,
      host: '127.0.0.1',
      method,
      path,
      headers: Object.fromEntries(given),
    });
    request.on('error', reject);
    request.on('response', (response) => {
      // This has no end.
      if (response.headers['content-type'] === 'application/vnd.amazon.eventstream') {
        request.destroy();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: '{}' });
        return;
      }
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString(),
        }),
      );
    });
    request.end(body);
  });
}
