import { jsonFormat } from '@putlogs/winston';
import { format } from 'winston';
const { default: winston } = await import('winston');
const { CloudWatchTransport: CloudWatch } = await import('@putlogs/winston');

const logger = winston.createLogger({
  format: winston.format.simple(),
  transports: [
    new winston.transports.Console({ silent: true }),
    new CloudWatch({
      level: 'info',
      logGroupName: '/shop/dynamic',
      logStreamName: 'web',
      format: format.combine(winston.format.label({ label: 'orders' }), jsonFormat()),
      flushIntervalMs: Number(process.env.UPLOAD_RATE || 0) || undefined,
    }),
  ],
});

logger.info('order placed', { orderId: 42 });
logger.transports.forEach((transport) => transport.flush?.().then(() => console.log('flushed')));
for (const transport of logger.transports) if (transport.flush) transport.flush().then(() => console.log('again'));
