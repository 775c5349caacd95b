const pino = require('pino');
const { createStream } = require('@putlogs/pino');

const stream = createStream({
  logGroupName: '/my/app',
  logStreamName: 'web-{hostname}-{pid}',
  flushIntervalMs: 5000,
  region: 'eu-west-1',
});
const logger = pino(stream);

logger.info({ orderId: 42 }, 'order placed');
