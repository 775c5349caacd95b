import { jsonFormat } from '@awslogs/winston';
import { start as startWith } from './awslogs-winston.js';

/** With our format in place of Winston's json. */
export const start = (options) => startWith(options, jsonFormat());
