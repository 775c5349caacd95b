const pino = require('pino');
const pinoCloudWatch = require('pino-cloudwatch');

const stream = pinoCloudWatch({
  group: '/shop/stream-or-prefix',
  stream: process.env.STREAM,
  prefix: process.env.PREFIX,
  interval: '3000',
});

pino(stream).info({ orderId: 42 }, 'order placed');
