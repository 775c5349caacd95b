import { CloudWatchTransport } from '@putlogs/winston';
import winston from 'winston';

export const logger = winston.createLogger({
  format: winston.format.json(),
  transports: [
    new CloudWatchTransport({
      logGroupName: '/my/app',
      logStreamName: 'web-{date}',
      region: 'eu-west-1',
      flushIntervalMs: 5000,
      retentionInDays: 30,
    }).on('warn', (error) => process.emitWarning(error)),
  ],
});

logger.info('order placed', { orderId: 42 });
