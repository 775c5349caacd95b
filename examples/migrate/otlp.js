import { CloudWatchTransport } from '@putlogs/winston';
import winston from 'winston';

export const logger = winston.createLogger({
  transports: [new CloudWatchTransport({ logGroupName: '/my/app', logStreamName: 'web' })],
});

logger.info('order placed', { orderId: 42 });
