import winston from 'winston';
import { fields, TEXT } from '../record.js';

/** Winston's default format, json, to stdout. */
export function start() {
  const logger = winston.createLogger({ transports: [new winston.transports.Console()] });
  return {
    log: (n) => logger.info(TEXT, fields(n)),
    settle: (arrived) => arrived(),
  };
}
