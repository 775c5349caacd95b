const pino = require('pino');
const { createStream } = require('@putlogs/pino');

const stream = createStream({
  logGroupName: '/shop/stream-or-prefix',
  logStreamName: process.env.STREAM || (process.env.PREFIX ? `${process.env.PREFIX}-{hostname}-{pid}` : '{hostname}-{pid}'),
  flushIntervalMs: 3000,
});

pino(stream).info({ orderId: 42 }, 'order placed');
