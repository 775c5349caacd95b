const pino = require('pino');
const pcw = require('pino-cloudwatch');

const options = {
    aws_region: process.env.CLOUDWATCH_REGION || 'eu-west-1',
    aws_access_key_id: process.env.CLOUDWATCH_KEY,
    aws_secret_access_key: process.env.CLOUDWATCH_SECRET,
    group: '/shop/stream',
    prefix: process.env.STAGE || 'dev',
    interval: process.env.CLOUDWATCH_INTERVAL,
    stdout: false,
};

const cloudwatch = pcw(options, (error) => { process.exitCode = 1; });
cloudwatch.on('flushed', () => undefined);

const logger = pino({ level: 'info', base: null }, pino.multistream([{ stream: cloudwatch, level: 'info' }]));

logger.info({ orderId: 42 }, 'order placed');
