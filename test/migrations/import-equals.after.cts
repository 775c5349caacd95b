import winston = require('winston');
import { CloudWatchTransport } from '@putlogs/winston';

class AuditTransport extends CloudWatchTransport {
  constructor(group: string) {
    super({ logGroupName: group, logStreamName: 'audit', region: process.env.AWS_REGION, flushIntervalMs: 500, format: winston.format.printf((info) => `audit ${info.message}`) });
  }
}

const logger = winston.createLogger({ transports: [new AuditTransport('/shop/audit')] });
logger.info('order placed');
