import pino from 'pino';
import { packageUrl } from '../packages.js';
import { fields, TEXT } from '../record.js';
import { collectReports } from '../reports.js';

export async function start(options, checkout) {
  const { createStream } = await import(packageUrl('@putlogs/pino', checkout));
  const stream = createStream({ logGroupName: '/bench', logStreamName: 'bench', ...options });
  const logger = pino(stream);
  return {
    log: (n) => logger.info(fields(n), TEXT),
    settle: () => stream.flush(),
    reports: collectReports(stream),
    end: () => stream.close(),
  };
}
