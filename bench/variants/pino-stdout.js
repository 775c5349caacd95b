import pino from 'pino';
import { fields, TEXT } from '../record.js';

/** As Pino is without any option: it writes each line to stdout. */
export function start() {
  const logger = pino();
  return {
    log: (n) => logger.info(fields(n), TEXT),
    settle: (arrived) => arrived(),
  };
}
