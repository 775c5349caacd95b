import { CloudWatchTransport } from '@putlogs/winston';
import winston from 'winston';
import { fields, TEXT } from '../record.js';
import { listenTo } from '../told.js';

/** @param {import('winston').Logform.Format} [format] default: Winston's own, json */
export function start(options, format) {
  const transport = new CloudWatchTransport({ logGroupName: '/bench', logStreamName: 'bench', ...options });
  const logger = winston.createLogger({ transports: [transport], ...(format && { format }) });
  return {
    log: (n) => logger.info(TEXT, fields(n)),
    settle: () => transport.flush(),
    told: listenTo(transport),
    end: () => transport.close(),
  };
}
