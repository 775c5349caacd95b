import pino from 'pino';
import { fields, TEXT } from '../record.js';

/** Pino's lines go to a worker thread, which throws them away. */
export function start() {
  const logger = pino(pino.transport({ target: new URL('../discard.js', import.meta.url).href }));
  return {
    log: (n) => logger.info(fields(n), TEXT),
    settle: () => new Promise((resolve) => logger.flush(resolve)),
  };
}
