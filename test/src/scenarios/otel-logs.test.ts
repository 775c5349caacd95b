import { createRequire } from 'node:module';
import { logs as logsApi } from '@opentelemetry/api';
import { logs as separateLogsApi } from '@opentelemetry/api-logs';
import { PinoInstrumentation } from '@opentelemetry/instrumentation-pino';
import { WinstonInstrumentation } from '@opentelemetry/instrumentation-winston';
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import { OpenTelemetryTransportV3 } from '@opentelemetry/winston-transport';
import { DoubleShippingWarning, Reporter } from '@putlogs/core/internal';
import { createStream, type Report } from '@putlogs/pino';
import { CloudWatchTransport } from '@putlogs/winston';
import test, { type ExecutionContext } from 'ava';
import { messages, optionsFor, startLocal } from '../support/harness.js';
import { ManualClock } from '../support/manual-clock.js';

const pinoInstrumentation = new PinoInstrumentation();
const winstonInstrumentation = new WinstonInstrumentation();

// Through `require`, which the instrumentations patch.
const require = createRequire(import.meta.url);
const pino: typeof import('pino').default = require('pino');
const winston: typeof import('winston') = require('winston');

/** Registers OpenTelemetry's own SDK. @returns what it is to send */
function registerLoggerProvider(t: ExecutionContext) {
  const exporter = new InMemoryLogRecordExporter();
  separateLogsApi.setGlobalLoggerProvider(
    new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter })] }),
  );
  t.teardown(() => separateLogsApi.disable());
  return () => exporter.getFinishedLogRecords().map(({ body }) => body);
}

function collectTold(source: { on(name: 'report', listener: (report: Report) => void): unknown }) {
  const told: string[] = [];
  source.on('report', (report) => {
    if (report.kind === 'problem' && report.code === 'otel-logs') told.push(report.message);
  });
  return told;
}

test.afterEach.always(() => {
  pinoInstrumentation.setConfig({});
  winstonInstrumentation.setConfig({});
});

for (const worker of [true, false]) {
  test.serial(`createStream, worker: ${worker}: what OpenTelemetry sends too is told once`, async (t) => {
    const sent = registerLoggerProvider(t);
    const local = await startLocal(t);
    const stream = createStream({ ...optionsFor(local), worker });
    const told = collectTold(stream);
    const logger = pino(stream).child({ child: true });
    logger.info('one');
    await stream.flush();
    logger.info('two');
    await stream.flush();
    t.deepEqual(sent(), ['one', 'two'], 'the records are indeed sent twice');
    t.is(messages(local).length, 2);
    t.is(told.length, 1);
    t.regex(told[0] ?? '', /^OpenTelemetry sends .* twice\. Set disableLogSending: true .*\.$/);
    await stream.close();
  });

  test.serial(`Winston, worker: ${worker}: what OpenTelemetry sends too is told once`, async (t) => {
    const sent = registerLoggerProvider(t);
    const local = await startLocal(t);
    const transport = new CloudWatchTransport({ ...optionsFor(local), worker });
    const told = collectTold(transport);
    const logger = winston.createLogger({ transports: [transport] }).child({ child: true });
    logger.info('one');
    await transport.flush();
    logger.info('two');
    await transport.flush();
    t.deepEqual(sent(), ['one', 'two'], 'the records are indeed sent twice');
    t.is(messages(local).length, 2);
    t.is(told.length, 1);
    transport.close();
    await transport.flush();
  });
}

test.serial('it is told once, and not once a minute like other problems', async (t) => {
  registerLoggerProvider(t);
  const clock = new ManualClock();
  const reports: Report[] = [];
  const reporter = new Reporter((report) => reports.push(report), false, clock);
  const doubleShippingWarning = new DoubleShippingWarning(() => true);
  doubleShippingWarning.check(reporter);
  await clock.advance(120_000);
  doubleShippingWarning.check(reporter);
  t.is(reports.length, 1);
});

test.serial('the stream is found behind a multistream of the application', async (t) => {
  registerLoggerProvider(t);
  const local = await startLocal(t);
  const stream = createStream(optionsFor(local));
  const told = collectTold(stream);
  pino({}, pino.multistream([{ stream }])).info('one');
  await stream.close();
  t.is(told.length, 1);
});

test.serial('the transport of OpenTelemetry that the application itself adds is seen', async (t) => {
  registerLoggerProvider(t);
  winstonInstrumentation.setConfig({ disableLogSending: true });
  const local = await startLocal(t);
  const transport = new CloudWatchTransport(optionsFor(local));
  const told = collectTold(transport);
  winston.createLogger({ transports: [new OpenTelemetryTransportV3(), transport] }).info('one');
  transport.close();
  await transport.flush();
  t.is(told.length, 1);
});

test.serial('a LoggerProvider that is registered after the first record is seen', async (t) => {
  const local = await startLocal(t);
  const stream = createStream(optionsFor(local));
  const told = collectTold(stream);
  const logger = pino(stream);
  logger.info('one');
  await stream.flush();
  t.deepEqual(told, []);
  const sent = registerLoggerProvider(t);
  logger.info('two');
  await stream.close();
  t.deepEqual(sent(), ['two']);
  t.is(told.length, 1);
});

test.serial('nothing is told while log sending is disabled', async (t) => {
  const sent = registerLoggerProvider(t);
  pinoInstrumentation.setConfig({ disableLogSending: true });
  winstonInstrumentation.setConfig({ disableLogSending: true });
  const local = await startLocal(t);
  const stream = createStream(optionsFor(local));
  const transport = new CloudWatchTransport(optionsFor(local));
  const told = [collectTold(stream), collectTold(transport)];
  pino({}, pino.multistream([{ stream }])).info('one');
  winston.createLogger({ transports: [transport] }).info('two');
  transport.close();
  await Promise.all([stream.close(), transport.flush()]);
  t.is(messages(local).length, 2);
  t.deepEqual(sent(), []);
  t.deepEqual(told, [[], []]);
});

test.serial('nothing is told without a LoggerProvider: the instrumentation then sends nothing', async (t) => {
  const local = await startLocal(t);
  const stream = createStream(optionsFor(local));
  const transport = new CloudWatchTransport(optionsFor(local));
  const told = [collectTold(stream), collectTold(transport)];
  pino(stream).info('one');
  winston.createLogger({ transports: [transport] }).info('two');
  transport.close();
  await Promise.all([stream.close(), transport.flush()]);
  t.deepEqual(told, [[], []]);
});

test.serial(
  'the LoggerProvider of @opentelemetry/api, which has logs from version 1.10 on, is seen',
  async (t) => {
    // The instrumentations that use it need Node 22.
    logsApi.setGlobalLoggerProvider(new LoggerProvider());
    t.teardown(() => logsApi.disable());
    const local = await startLocal(t);
    const stream = createStream(optionsFor(local));
    const told = collectTold(stream);
    pino(stream).info('one');
    await stream.close();
    t.is(told.length, 1);
  },
);
