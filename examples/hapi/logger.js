import { createStream } from '@putlogs/pino';
import { closeOnSignals } from '@putlogs/pino/main-thread';
import pino from 'pino';

const stream = createStream({ logGroupName: '/my/app', service: 'checkout' });
closeOnSignals(stream);
export const logger = pino(stream);
