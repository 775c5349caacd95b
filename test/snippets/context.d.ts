// What snippets of the documentation use without saying where it comes from.
import type { Server } from 'node:http';
import type { CloudWatchLogsClient as Client } from '@aws-sdk/client-cloudwatch-logs';
import type {
  CHAOS as Chaos,
  Local,
  QUOTAS as Quotas,
  seededRandom as random,
  start as startLocal,
} from '@putlogs/local';
import type { CloudWatchStream, createStream as create, Options } from '@putlogs/pino';
import type { CloudWatchTransport as Transport } from '@putlogs/winston';
import type { pino as createPino } from 'pino';
import type * as Winston from 'winston';

declare global {
  const CloudWatchLogsClient: typeof Client;
  const CloudWatchTransport: typeof Transport;
  const CHAOS: typeof Chaos;
  const QUOTAS: typeof Quotas;
  const createStream: typeof create;
  const gauge: { set(value: number): void };
  const local: Local;
  var logger: unknown;
  const options: Options;
  const pino: typeof createPino;
  const readFile: (path: string, encoding: 'utf8') => Promise<string>;
  const readSecret: () => Promise<{ accessKeyId: string; secretAccessKey: string }>;
  const seededRandom: typeof random;
  const server: Server;
  const start: typeof startLocal;
  const transport: CloudWatchStream;
  const winston: typeof Winston;
}
