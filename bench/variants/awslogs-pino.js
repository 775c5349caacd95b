import pino from 'pino';
import { fields, TEXT } from '../record.js';

export function start() {
  const logger = pino(
    pino.transport({ target: '@awslogs/pino', options: { logGroupName: '/bench', logStreamName: 'bench' } }),
  );
  return {
    log: (n) => logger.info(fields(n), TEXT),
    settle: () => new Promise((resolve) => logger.flush(resolve)),
  };
}
