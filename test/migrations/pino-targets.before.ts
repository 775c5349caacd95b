import { hostname } from 'node:os';
import { type LoggerOptions, pino } from 'pino';

const isProduction = true;
const logStreamName = `${hostname()}-${process.pid}`;

export function loggerOptions(group: string, awsRegion: string): LoggerOptions {
  return {
    level: 'info',
    transport: {
      targets: [
        { target: 'pino/file', options: { destination: '/dev/null' }, level: 'info' },
        {
          target: isProduction ? '@serdnam/pino-cloudwatch-transport' : 'pino-pretty',
          level: 'info',
          options: isProduction
            ? { logGroupName: group, logStreamName, awsRegion, interval: 2_000 }
            : { colorize: true, interval: 3 },
        },
      ],
    },
  };
}

pino(loggerOptions('/shop/targets', 'eu-west-1')).info({ orderId: 42 }, 'order placed');
