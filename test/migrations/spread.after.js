import { createLogger, format, transports } from 'winston';
import { CloudWatchTransport, jsonFormat } from '@putlogs/winston';
import { settings } from './settings.js';

const keys = { credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' } };
const defaults = { region: 'eu-west-1', flushIntervalMs: 1_500 };

const options = {
  console: { level: 'debug', silent: true },
  cloudWatch: {
    ...defaults,
    ...(settings.useKeys && keys),
    ...settings.cloudWatch,
    logStreamName: (() => {
      const guid = Math.random().toString(36).slice(2);
      return `${settings.name}-${guid}`;
    })(),
    format: settings.json ? jsonFormat() : undefined,
  },
};

export const logger = createLogger({
  format: format.json(),
  transports: [new transports.Console(options.console), new CloudWatchTransport(options.cloudWatch)],
});

logger.info('order placed', { orderId: 42 });
