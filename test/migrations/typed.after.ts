import winston, { type Logger } from 'winston';
import { CloudWatchTransport as WinstonCloudWatch, type CloudWatchTransportOptions } from '@putlogs/winston';

const CloudWatchTransport: string = 'the name is taken';

const shared: CloudWatchTransportOptions = { logGroupName: '/shop/typed', region: 'eu-west-1' };

export function createLogger(level: string): Logger {
  const options = {
    ...shared,
    logStreamName: level,
    level,
    createLogGroup: true,
    silent: CloudWatchTransport === '',
  } satisfies CloudWatchTransportOptions;
  const transport = new WinstonCloudWatch(options);
  return winston.createLogger({ level, transports: [transport as WinstonCloudWatch] });
}

createLogger('info').info('order placed', { orderId: 42 });
