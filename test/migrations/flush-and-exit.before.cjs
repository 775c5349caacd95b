const winston = require('winston');

const logger = winston.createLogger({ transports: [] });

if (process.env.NODE_ENV !== 'test') {
  const CloudWatch = require('winston-cloudwatch');
  logger.add(
    new CloudWatch({
      name: 'aws',
      logGroupName: '/shop/job',
      logStreamName: 'job',
      messageFormatter({ level, message }) {
        return `${level.toUpperCase()} ${message}`;
      },
      errorHandler(error) {
        process.exitCode = 1;
      },
      retentionInDays: 0,
    })
  );
}

logger.info('order placed');

const transport = logger.transports[0];
transport.kthxbye(() => {
  process.stdout.write('bye\n');
});
