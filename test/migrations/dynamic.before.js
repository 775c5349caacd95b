const { default: winston } = await import('winston');
const { default: CloudWatch } = await import('winston-cloudwatch');

const logger = winston.createLogger({
  format: winston.format.simple(),
  transports: [
    new winston.transports.Console({ silent: true }),
    new CloudWatch({
      level: 'info',
      logGroupName: '/shop/dynamic',
      logStreamName: 'web',
      format: winston.format.label({ label: 'orders' }),
      jsonMessage: true,
      uploadRate: Number(process.env.UPLOAD_RATE || 0),
      retentionInDays: null,
    }),
  ],
});

logger.info('order placed', { orderId: 42 });
logger.transports.forEach((transport) => transport.kthxbye?.(() => console.log('flushed')));
for (const transport of logger.transports) if (transport.kthxbye) transport.kthxbye(() => console.log('again'));
