import { randomUUID } from 'node:crypto';
import { format, type Logger, type LoggerOptions, loggers, transports } from 'winston';
import { CloudWatchTransport, jsonFormat } from '@putlogs/winston';

const isOnDesk = ['desk', 'test'].includes(process.env.STAGE ?? '');
const { AUDIT_GROUP: auditGroup, SHOP_REGION: shopRegion } = process.env;

/** JSON has nothing of an error otherwise. */
const errorAsFields = (_key: string, value: unknown): unknown =>
  value instanceof Error ? { kind: value.name, what: value.message } : value;

const liftError = format((info) => {
  info.failure ??= Object.values(info).find((value) => value instanceof Error);
  return info;
});

function optionsOf(label: string): LoggerOptions {
  return {
    level: 'debug',
    format: format.combine(
      format.errors({ stack: true }),
      format.label({ label }),
      format.timestamp(),
      liftError(),
      isOnDesk ? format.combine(format.colorize(), format.simple()) : format.json({ replacer: errorAsFields }),
    ),
    transports: [new transports.Console({ silent: process.env.STAGE === 'test' })],
    exitOnError: false,
  };
}

export function loggerOf(label: string): Logger {
  loggers.add(label, optionsOf(label));
  return loggers.get(label);
}

/** Without a group, as those of other labels. */
export function auditLogger(label: string): Logger {
  const options = optionsOf(label);
  if (!isOnDesk && auditGroup) {
    options.transports = [
      new CloudWatchTransport({
        logGroupName: auditGroup,
        // Each instance has a stream of its own.
        logStreamName: randomUUID(),
        region: shopRegion,
        format: jsonFormat(),
      }),
    ];
  }
  loggers.add(label, options);
  return loggers.get(label);
}

auditLogger('orders').debug('order looked at', { orderId: 42 });
loggers.get('orders').info('order placed', { orderId: 42 });
