// The application of a soak: logs at a steady rate through Pino, and says every ten seconds how it is.
import { readdirSync } from 'node:fs';
import pino from 'pino';
import { load } from '../load.js';
import { fields, TEXT } from '../record.js';

const SAMPLE_MS = 10_000;

/** @typedef {{ seconds: number, rss: number, handles: number, fds: number, files: number, pending: number }} Sample */

/** @type {{ records: number, rate: number, spoolDirectory: string, flushIntervalMs: number }} */
const { records, rate, spoolDirectory, flushIntervalMs } = JSON.parse(process.argv[2] ?? '');
const transport = pino.transport({
  target: '@putlogs/pino',
  options: { logGroupName: '/soak', logStreamName: 'soak', spoolDirectory, flushIntervalMs },
});
const logger = pino(transport);
let counts;
transport.on('report', (report) => {
  counts = report.counts;
});

const begun = performance.now();
const sampling = setInterval(() => process.send?.(sample()), SAMPLE_MS);
await load((n) => logger.info(fields(n), TEXT), 0, records, rate);
clearInterval(sampling);
await new Promise((resolve) => logger.flush(resolve));
process.send?.({ counts });
process.disconnect();

/** @returns {Sample} */
function sample() {
  return {
    seconds: Math.round((performance.now() - begun) / 1000),
    rss: process.memoryUsage.rss(),
    handles: process.getActiveResourcesInfo().length,
    fds: namesIn('/proc/self/fd').length,
    files: namesIn(spoolDirectory, { recursive: true }).filter((name) => name.endsWith('.ndjson')).length,
    pending: counts?.pending ?? 0,
  };
}

/** None where there is no such folder: /proc is Linux's alone, and a batch may go while one looks. */
function namesIn(folder, options) {
  try {
    return readdirSync(folder, options);
  } catch {
    return [];
  }
}
