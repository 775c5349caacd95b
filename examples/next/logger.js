import { createStream } from '@putlogs/pino';
import pino from 'pino';

export const logger = pino(createStream({ logGroupName: '/my/app', service: 'checkout' }));
