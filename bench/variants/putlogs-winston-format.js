import { packageUrl } from '../packages.js';
import { start as startWith } from './putlogs-winston.js';

/** With our format in place of Winston's json. */
export async function start(options, checkout) {
  const { jsonFormat } = await import(packageUrl('@putlogs/winston', checkout));
  return startWith(options, checkout, jsonFormat());
}
