import * as awslogs from '@awslogs/winston';
import { start as startWith } from './awslogs-winston.js';

/** With our format in place of Winston's json. Measured where the package exports one. */
export const start = (options) => startWith(options, awslogs.format());
