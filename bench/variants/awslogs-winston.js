import { CloudWatchTransport } from '@awslogs/winston';
import winston from 'winston';
import { fields, TEXT } from '../record.js';

export function start() {
  const transport = new CloudWatchTransport({ logGroupName: '/bench', logStreamName: 'bench' });
  const logger = winston.createLogger({ transports: [transport] });
  return {
    log: (n) => logger.info(TEXT, fields(n)),
    settle: () => transport.flush(),
  };
}
