// Compiled, and never run: an error that is expected and does not come fails the build.
import type { CloudWatchLogsClientConfig } from '@aws-sdk/client-cloudwatch-logs';
import { defineModule, type LogRecord, type Options, type Report, type TransportModule } from '@putlogs/pino';
import type { defineModule as defineForWinston } from '@putlogs/winston';
import type { Equal, Expect } from './expect.js';

type Provider = Extract<CloudWatchLogsClientConfig['credentials'], (...args: never[]) => unknown>;
type Handler = NonNullable<CloudWatchLogsClientConfig['requestHandler']>;

export type Cases = [
  Expect<Equal<typeof defineModule, typeof defineForWinston>>,
  Expect<Equal<Options['module'], string | URL | undefined>>,
  Expect<Equal<LogRecord, Record<string, unknown>>>,
];

export function right(credentials: Provider, requestHandler: Handler): TransportModule[] {
  return [
    {},
    defineModule({ credentials, requestHandler }),
    defineModule({
      filter: ({ level }) => level !== 10,
      format: (record) => JSON.stringify(record),
      logGroupName: ({ tenant }) => (typeof tenant === 'string' ? tenant : undefined),
      logStreamName: () => 'all',
      onReport: (report: Report) => void report.counts,
    }),
    defineModule({
      credentials: () => ({ accessKeyId: 'a', secretAccessKey: 's' }),
      onReport: async () => undefined,
    }),
  ];
}

export const WRONG: TransportModule[] = [
  // @ts-expect-error a misspelt name
  defineModule({ fromat: () => '' }),
  // @ts-expect-error the text is needed at once
  defineModule({ format: async () => '' }),
  // @ts-expect-error a flag is needed
  defineModule({ filter: () => undefined }),
  // @ts-expect-error the name is no number
  defineModule({ logStreamName: () => 7 }),
  // @ts-expect-error one of the keys is missing
  defineModule({ credentials: () => ({ accessKeyId: 'a' }) }),
];
