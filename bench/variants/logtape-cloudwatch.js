import { getCloudWatchLogsSink } from '@logtape/cloudwatch-logs';
import { configure, getLogger, jsonLinesFormatter } from '@logtape/logtape';
import { fields, TEXT } from '../record.js';

export async function start() {
  await configure({
    sinks: {
      // Its default format leaves the fields out.
      logs: getCloudWatchLogsSink({
        logGroupName: '/bench',
        logStreamName: 'bench',
        formatter: jsonLinesFormatter,
      }),
    },
    loggers: [
      { category: 'bench', sinks: ['logs'], lowestLevel: 'info' },
      { category: ['logtape', 'meta'], sinks: [] },
    ],
  });
  const logger = getLogger('bench');
  return {
    log: (n) => logger.info(TEXT, fields(n)),
    settle: (arrived) => arrived(),
  };
}
