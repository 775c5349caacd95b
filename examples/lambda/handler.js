import { setTimeout } from 'node:timers/promises';
import { createStream } from '@putlogs/pino';
import pino from 'pino';

// Outside of the handler, so that the next invocations find its connection open.
const stream = createStream({
  logGroupName: '/my/app',
  worker: false,
  fallback: 'stdout',
  closeTimeoutMs: 1000,
});
const logger = pino(stream);

export const handler = async (event) => {
  try {
    logger.info({ orderId: event.orderId }, 'order placed');
    return { statusCode: 200 };
  } finally {
    const delivered = await Promise.race([stream.flush().then(() => true), setTimeout(1000, false)]);
    if (!delivered) await stream.close();
  }
};
