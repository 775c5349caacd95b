const winston = require('winston');
require('winston-cloudwatch');

class Logger {
  constructor(group) {
    this.logger = winston.createLogger({
      transports: [new winston.transports.CloudWatch({ logGroupName: group, logStreamName: 'web', jsonMessage: true })],
      exceptionHandlers: [new winston.transports.CloudWatch({ logGroupName: group, logStreamName: 'exceptions', jsonMessage: true })],
    });
  }
}

new Logger('/shop/registered').logger.info('order placed', { orderId: 42 });
