const pino = require('pino');
const { createStream } = require('@putlogs/pino');

const options = {
    region: process.env.CLOUDWATCH_REGION || 'eu-west-1',
    credentials: process.env.CLOUDWATCH_KEY && process.env.CLOUDWATCH_SECRET ? { accessKeyId: process.env.CLOUDWATCH_KEY, secretAccessKey: process.env.CLOUDWATCH_SECRET } : undefined,
    logGroupName: '/shop/stream',
    logStreamName: `${process.env.STAGE || 'dev'}-{hostname}-{pid}`,
    flushIntervalMs: Number(process.env.CLOUDWATCH_INTERVAL) || undefined,
};

const cloudwatch = createStream(options);
cloudwatch.on('flushed', () => undefined);

const logger = pino({ level: 'info', base: null }, pino.multistream([{ stream: cloudwatch, level: 'info' }]));

logger.info({ orderId: 42 }, 'order placed');
