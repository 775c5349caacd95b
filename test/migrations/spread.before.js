import { createLogger, format, transports } from 'winston';
import WinstonCloudWatch from 'winston-cloudwatch';
import { settings } from './settings.js';

const keys = { awsAccessKeyId: 'AKIAEXAMPLE', awsSecretKey: 'secret' };
const defaults = { awsRegion: 'eu-west-1', uploadRate: 1_500 };

const options = {
  console: { level: 'debug', silent: true },
  cloudWatch: {
    ...defaults,
    ...(settings.useKeys && keys),
    ...settings.cloudWatch,
    name: 'aws',
    logStreamName: () => {
      const guid = Math.random().toString(36).slice(2);
      return `${settings.name}-${guid}`;
    },
    jsonMessage: settings.json,
    stderrLevels: ['error'],
  },
};

export const logger = createLogger({
  format: format.json(),
  transports: [new transports.Console(options.console), new WinstonCloudWatch(options.cloudWatch)],
});

logger.info('order placed', { orderId: 42 });
