// The file `logger.js` of an application.
import type { Logger } from 'pino';

export const logger: Logger;
