// The file `logger.js` of an application, with Pino or Winston.
import type { Logger } from 'pino';
import type { Logger as WinstonLogger } from 'winston';

export const logger: Logger & Pick<WinstonLogger, 'info'>;
