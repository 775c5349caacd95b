import { createStream } from '@putlogs/pino';
import pino from 'pino';
import { fields, TEXT } from '../record.js';
import { listenTo } from '../told.js';

/** Without a worker thread. */
export function start(options) {
  const stream = createStream({
    logGroupName: '/bench',
    logStreamName: 'bench',
    ...options,
    worker: false,
  });
  const logger = pino(stream);
  return {
    log: (n) => logger.info(fields(n), TEXT),
    settle: () => new Promise((resolve) => stream.flush(resolve)),
    told: listenTo(stream),
  };
}
