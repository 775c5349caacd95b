import { once } from 'node:events';
import pino from 'pino';
import { packageUrl } from '../packages.js';
import { fields, TEXT } from '../record.js';
import { collectReports } from '../reports.js';

export function start(options, checkout) {
  const transport = pino.transport({
    target: packageUrl('@putlogs/pino', checkout),
    options: { logGroupName: '/bench', logStreamName: 'bench', ...options },
    // A profiler, which Pino would leave out.
    worker: { execArgv: process.execArgv },
  });
  const logger = pino(transport);
  return {
    log: (n) => logger.info(fields(n), TEXT),
    settle: () => new Promise((resolve) => logger.flush(resolve)),
    reports: collectReports(transport),
    end: () => {
      transport.end();
      return once(transport, 'close');
    },
  };
}
