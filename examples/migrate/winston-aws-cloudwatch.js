import { CloudWatchTransport } from '@putlogs/winston';
import winston from 'winston';

export const logger = winston.createLogger({
  transports: [
    new CloudWatchTransport({
      logGroupName: '/my/app',
      logStreamName: 'web',
      region: 'eu-west-1',
      format: winston.format.printf(
        ({ level, message, ...meta }) => `${level}: ${message} ${JSON.stringify(meta)}`,
      ),
    }),
  ],
});

logger.info('order placed', { orderId: 42 });
