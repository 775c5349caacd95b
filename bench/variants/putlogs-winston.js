import winston from 'winston';
import { packageUrl } from '../packages.js';
import { fields, TEXT } from '../record.js';
import { collectReports } from '../reports.js';

/** @param {import('winston').Logform.Format} [format] default: Winston's own, json */
export async function start(options, checkout, format) {
  const { CloudWatchTransport } = await import(packageUrl('@putlogs/winston', checkout));
  const transport = new CloudWatchTransport({ logGroupName: '/bench', logStreamName: 'bench', ...options });
  const logger = winston.createLogger({ transports: [transport], ...(format && { format }) });
  return {
    log: (n) => logger.info(TEXT, fields(n)),
    settle: () => transport.flush(),
    reports: collectReports(transport),
    end: () => transport.close(),
  };
}
