import { createStream } from '@putlogs/pino';
import { CloudWatchTransport, jsonFormat } from '@putlogs/winston';
import test from 'ava';
import pino from 'pino';
import winston from 'winston';
import { messages, optionsFor, startLocal } from '../../support/harness.js';

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html */
const METRIC = {
  _aws: {
    Timestamp: 1_795_000_000_000,
    CloudWatchMetrics: [
      {
        Namespace: 'checkout',
        Dimensions: [['operation']],
        Metrics: [{ Name: 'latency', Unit: 'Milliseconds', StorageResolution: 1 }],
      },
    ],
  },
  operation: 'placeOrder',
  latency: [12, 0.5],
};

for (const worker of [true, false]) {
  test.serial(`Pino, worker: ${worker}: a record with metrics arrives as the logger wrote it`, async (t) => {
    const local = await startLocal(t);
    const stream = createStream({ ...optionsFor(local), worker });
    const lines: string[] = [];
    const written = { write: (line: string) => void lines.push(line) };
    const logger = pino({}, pino.multistream([{ stream: written }, { stream }]));
    logger.info(METRIC, 'order placed');
    logger.child({ tenant: 'acme' }).info(METRIC);
    await stream.close();
    t.deepEqual(
      messages(local),
      lines.map((line) => line.trimEnd()),
    );
    for (const message of messages(local)) t.like(JSON.parse(message), METRIC);
  });
}

test.serial('Pino, levelLabels: only the level is another', async (t) => {
  const local = await startLocal(t);
  const stream = createStream({ ...optionsFor(local), levelLabels: true });
  pino(stream).info(METRIC);
  await stream.close();
  t.like(JSON.parse(messages(local)[0] ?? ''), { level: 'info', ...METRIC });
});

test.serial('pino.transport(): a record with metrics arrives as it is', async (t) => {
  const local = await startLocal(t);
  const logger = pino(pino.transport({ target: '@putlogs/pino', options: optionsFor(local) }));
  logger.info(METRIC);
  await new Promise((resolve) => logger.flush(resolve));
  t.like(JSON.parse(messages(local)[0] ?? ''), METRIC);
});

for (const [name, format] of [
  ['json()', winston.format.json()],
  ['jsonFormat()', jsonFormat()],
] as const) {
  test.serial(`Winston, ${name}: a record with metrics arrives as the format wrote it`, async (t) => {
    const local = await startLocal(t);
    const transport = new CloudWatchTransport(optionsFor(local));
    const logger = winston.createLogger({ format, transports: [transport] });
    const texts: string[] = [];
    logger.on('data', (info) => texts.push(info[Symbol.for('message')]));
    logger.info('order placed', METRIC);
    await transport.flush();
    logger.close();
    t.deepEqual(messages(local), texts);
    t.like(JSON.parse(messages(local)[0] ?? ''), METRIC);
  });
}
