import { once } from 'node:events';
import { createStream, type Options, type Report } from '@putlogs/pino';
import { CloudWatchTransport } from '@putlogs/winston';
import pino from 'pino';
import winston from 'winston';

/** A logger with a transport, whichever it is. */
export interface Logging {
  log(text: string, fields?: object): void;
  flush(): Promise<void>;
  close(): Promise<unknown>;
  readonly reports: readonly Report[];
}

/** thread-stream ends the worker of a garbage-collected logger. */
const held = new Set<pino.Logger>();

function stream(options: Options, worker: boolean): Logging {
  const reports: Report[] = [];
  const transport = createStream({ ...options, worker });
  transport.on('report', (report: Report) => reports.push(report));
  const logger = pino(transport);
  return {
    log: (text, fields) => logger.info({ ...fields }, text),
    flush: () => transport.flush(),
    close: () => transport.close(),
    reports,
  };
}

function target(options: Options): Logging {
  const reports: Report[] = [];
  const transport = pino.transport({ target: '@putlogs/pino', options });
  transport.on('report', (report: Report) => reports.push(report));
  const logger = pino(transport);
  held.add(logger);
  return {
    log: (text, fields) => logger.info({ ...fields }, text),
    flush: () => new Promise((resolve) => logger.flush(() => resolve())),
    async close() {
      const closed = once(transport, 'close');
      transport.end();
      await closed;
    },
    reports,
  };
}

function winstonLogger(options: Options, worker: boolean): Logging {
  const reports: Report[] = [];
  const transport = new CloudWatchTransport({ ...options, worker });
  transport.on('report', (report: Report) => reports.push(report));
  const logger = winston.createLogger({ transports: [transport] });
  return {
    log: (text, fields) => void logger.info(text, fields),
    flush: () => transport.flush(),
    async close() {
      const finished = once(logger, 'finish');
      logger.end();
      await finished;
    },
    reports,
  };
}

/** Every way from a logger into a pipeline. */
export const WAYS: readonly (readonly [string, (options: Options) => Logging])[] = [
  ['createStream in a worker', (options) => stream(options, true)],
  ['createStream in-process', (options) => stream(options, false)],
  ['pino.transport', target],
  ['Winston in a worker', (options) => winstonLogger(options, true)],
  ['Winston in-process', (options) => winstonLogger(options, false)],
];
