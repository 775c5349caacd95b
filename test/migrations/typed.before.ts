import winston, { type Logger } from 'winston';
import WinstonCloudWatch, { CloudwatchTransportOptions } from 'winston-cloudwatch';

const CloudWatchTransport: string = 'the name is taken';

const shared: CloudwatchTransportOptions = { logGroupName: '/shop/typed', awsRegion: 'eu-west-1' };

export function createLogger(level: string): Logger {
  const options = {
    ...shared,
    name: `${level}-logs`,
    logStreamName: (): string => level,
    level,
    ensureLogGroup: true,
    silent: CloudWatchTransport === '',
  } satisfies CloudwatchTransportOptions;
  const transport = new WinstonCloudWatch(options);
  return winston.createLogger({ level, transports: [transport as WinstonCloudWatch] });
}

createLogger('info').info('order placed', { orderId: 42 });
