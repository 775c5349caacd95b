import pino from 'pino';
import { fields, TEXT } from '../record.js';

/**
 * Pino writes each line to stdout. Without an argument it asks for `process.stdout`, with which Node makes a pipe
 * non-blocking: sonic-boom then tries a full one again every 100 ms, and a flood into a shipper takes minutes.
 */
export function start() {
  const logger = pino(pino.destination(1));
  return {
    log: (n) => logger.info(fields(n), TEXT),
    settle: (arrived) => arrived(),
  };
}
