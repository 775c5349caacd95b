import { CloudWatchTransport, closeOnSignals, jsonFormat } from '@putlogs/winston';
import winston from 'winston';

const transport = new CloudWatchTransport({ logGroupName: '/my/app', service: 'checkout' });
closeOnSignals(transport);
export const logger = winston.createLogger({ format: jsonFormat(), transports: [transport] });
