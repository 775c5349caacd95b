import pino from 'pino';

export const logger = pino({
  transport: {
    target: '@putlogs/pino',
    options: {
      logGroupName: '/my/app',
      logStreamName: 'web',
      region: 'eu-west-1',
      flushIntervalMs: 5000,
    },
  },
});

logger.info({ orderId: 42 }, 'order placed');
