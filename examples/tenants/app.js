import { createStream } from '@putlogs/pino';
import pino from 'pino';

const stream = createStream({
  logGroupName: '/my/app',
  logStreamName: '{record.tenant}/{instance}',
  serviceField: 'module',
  environment: 'ecs:prod',
  maxLogStreams: 500,
});
export const logger = pino(stream);
export const loggerOf = (tenant) => logger.child({ tenant });

logger.info({ tenant: 'acme', module: 'orders' }, 'order placed');
logger.info({ tenant: 'acme', module: 'billing' }, 'invoice sent');
logger.info({ tenant: 'globex', module: 'orders' }, 'order placed');
logger.info('listening');
