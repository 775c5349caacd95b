import { jsonFormat } from '@putlogs/winston';
import { start as startWith } from './putlogs-winston.js';

/** With our format in place of Winston's json. */
export const start = (options) => startWith(options, jsonFormat());
