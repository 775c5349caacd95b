import winston = require('winston');
import WinstonCloudWatch = require('winston-cloudwatch');

class AuditTransport extends WinstonCloudWatch {
  constructor(group: string) {
    super({ logGroupName: group, logStreamName: 'audit', awsRegion: process.env.AWS_REGION, uploadRate: 500, messageFormatter: (info) => `audit ${info.message}` });
  }
}

const logger = winston.createLogger({ transports: [new AuditTransport('/shop/audit')] });
logger.info('order placed');
