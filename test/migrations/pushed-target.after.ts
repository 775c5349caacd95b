import { pino, type Logger, type TransportTargetOptions } from 'pino';

const SEVERITIES: Record<number, string> = { 10: 'TRACE', 20: 'DEBUG', 30: 'INFO', 40: 'WARNING', 50: 'ERROR' };

interface CloudWatch {
  group: string;
  region: string;
  keyId: string;
  keySecret: string;
  interval: number;
}

/** Settings come from a store of secrets. */
const cloudWatchSettings = async (): Promise<CloudWatch | undefined> => {
  const { LOG_GROUP: group } = process.env;
  return group ? { group, region: 'eu-west-1', keyId: 'AKIAEXAMPLE', keySecret: 'secret', interval: 500 } : undefined;
};

export let logger: Logger;

export async function startLogger(): Promise<Logger> {
  const settings = await cloudWatchSettings();
  const isLive = process.env.NODE_ENV !== 'development';
  const targets: TransportTargetOptions[] = [
    isLive
      ? { level: 'info', target: 'pino/file', options: { destination: '/dev/null' } }
      : { level: 'info', target: 'pino-pretty', options: { colorize: true } },
  ];

  if (settings) {
    targets.push({
      target: '@putlogs/pino',
      level: 'info',
      options: {
        logGroupName: settings.group,
        logStreamName: settings.group,
        region: settings.region,
        credentials: { accessKeyId: settings.keyId, secretAccessKey: settings.keySecret },
        flushIntervalMs: settings.interval,
      },
    });
  }

  logger = pino(
    {
      mixin: (_fields, level) => ({ severity: SEVERITIES[level] ?? 'INFO' }),
      level: process.env.LEVEL || 'info',
      formatters: { bindings: ({ pid, hostname }) => ({ pid, hostname }) },
    },
    pino.transport({ targets }),
  );
  return logger;
}

(await startLogger()).info({ orderId: 42 }, 'order placed');
