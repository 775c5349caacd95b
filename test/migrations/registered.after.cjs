const winston = require('winston');
const { CloudWatchTransport } = require('@putlogs/winston');

class Logger {
  constructor(group) {
    this.logger = winston.createLogger({
      transports: [new CloudWatchTransport({ logGroupName: group, logStreamName: 'web' })],
      exceptionHandlers: [new CloudWatchTransport({ logGroupName: group, logStreamName: 'exceptions' })],
    });
  }
}

new Logger('/shop/registered').logger.info('order placed', { orderId: 42 });
