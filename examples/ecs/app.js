import { createStream } from '@putlogs/pino';
import { closeOnSignals } from '@putlogs/pino/main-thread';
import pino from 'pino';

const stream = createStream();
closeOnSignals(stream);
export const logger = pino(stream);

logger.info('listening');
