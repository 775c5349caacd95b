const winston = require('winston');

const logger = winston.createLogger({ transports: [] });

if (process.env.NODE_ENV !== 'test') {
  const { CloudWatchTransport } = require('@putlogs/winston');
  logger.add(
    new CloudWatchTransport({
      logGroupName: '/shop/job',
      logStreamName: 'job',
      format: winston.format.printf(function ({ level, message }) {
        return `${level.toUpperCase()} ${message}`;
      }),
    }).on('warn', function (error) {
      process.exitCode = 1;
    })
  );
}

logger.info('order placed');

const transport = logger.transports[0];
transport.flush().then(() => {
  process.stdout.write('bye\n');
});
