import diagnosticsChannel from 'node:diagnostics_channel';
import { metrics as otel } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import type { Counts } from '@putlogs/core';
import { OtelMetrics } from '@putlogs/core/internal';
import { createStream, metrics, type PublishedReport } from '@putlogs/pino';
import { CloudWatchTransport } from '@putlogs/winston';
import test from 'ava';
import pino from 'pino';
import winston from 'winston';
import { NO_EVENTS } from '../../support/counts.js';
import { optionsFor, startLocal } from '../../support/harness.js';

const COUNTS: Counts = {
  ...NO_EVENTS,
  accepted: 19,
  delivered: 7,
  rejected: { ...NO_EVENTS.rejected, tooOld: 2 },
  dropped: { ...NO_EVENTS.dropped, bufferFull: 3 },
  spooled: 1,
  fallback: 4,
  pending: 2,
};

const samples = (text: string) =>
  text.split('\n').filter((line) => line !== '' && !line.startsWith('#') && !line.endsWith(' 0'));

for (const [what, given, description] of [
  ['nothing', [], 'nothing'],
  ['undefined', [undefined], 'undefined'],
  ['an array', [[{ logGroupName: '/my/app', counts: COUNTS }]], 'an array'],
  ['a Winston logger', [winston.createLogger()], 'an object of the class DerivedLogger'],
  ['a Pino logger', [pino({}, { write: () => undefined })], 'an object of the class Pino'],
  [
    'a transport beside something else',
    [{ logGroupName: '/a', counts: COUNTS }, {}],
    'an object of the class Object',
  ],
] as const) {
  test(`metrics() says what it takes, instead of ${what}`, (t) => {
    const error = t.throws(() => Reflect.apply(metrics, undefined, given), { instanceOf: TypeError });
    t.true(
      error?.message.startsWith(
        `metrics() takes what createStream() or new CloudWatchTransport() returned, several as metrics(a, b); given: ${description}. `,
      ),
      error?.message,
    );
  });
}

test('the counts in the text format of Prometheus', (t) => {
  const text = metrics({ logGroupName: '/my/app', counts: COUNTS });
  t.deepEqual(samples(text), [
    'putlogs_events_accepted_total{log_group="/my/app"} 19',
    'putlogs_events_settled_total{log_group="/my/app",outcome="delivered",reason=""} 7',
    'putlogs_events_settled_total{log_group="/my/app",outcome="rejected",reason="too_old"} 2',
    'putlogs_events_settled_total{log_group="/my/app",outcome="dropped",reason="buffer_full"} 3',
    'putlogs_events_settled_total{log_group="/my/app",outcome="spooled",reason=""} 1',
    'putlogs_events_settled_total{log_group="/my/app",outcome="fallback",reason=""} 4',
    'putlogs_events_pending{log_group="/my/app"} 2',
  ]);
  t.true(text.endsWith('\n'), 'another text can follow');
});

test('each metric has one header, and transports to one log group are added up', (t) => {
  const text = metrics(
    { logGroupName: '/a', counts: COUNTS },
    { logGroupName: '/b', counts: COUNTS },
    { logGroupName: '/a', counts: COUNTS },
  );
  t.is(text.match(/^# TYPE /gm)?.length, 3);
  t.deepEqual(
    samples(text).filter((line) => line.startsWith('putlogs_events_accepted')),
    ['putlogs_events_accepted_total{log_group="/a"} 38', 'putlogs_events_accepted_total{log_group="/b"} 19'],
  );
});

test('the name of a log group is escaped: one with a template may have any character', (t) => {
  const text = metrics({ logGroupName: '/t/{record.a"b\\c\nd}', counts: COUNTS });
  t.true(text.includes('putlogs_events_pending{log_group="/t/{record.a\\"b\\\\c\\nd}"} 2'), text);
});

test.serial('a MeterProvider that throws disturbs nothing', (t) => {
  otel.setGlobalMeterProvider({
    getMeter() {
      throw new Error('on purpose');
    },
  });
  t.teardown(() => otel.disable());
  t.notThrows(() => new OtelMetrics('/my/app').record(COUNTS));
});

/** Registers OpenTelemetry's own metrics. @returns collects what was added, without zeros */
function registerOtel() {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  otel.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
  return async () => {
    await reader.forceFlush();
    const collected = exporter.getMetrics().at(-1)?.scopeMetrics ?? [];
    return Object.fromEntries(
      collected
        .flatMap((scope) => scope.metrics)
        .flatMap(({ descriptor, dataPoints }) =>
          dataPoints.map(({ attributes, value }) => {
            const { 'aws.log.group.names': groups, ...others } = attributes;
            return [
              [descriptor.name, ...[groups].flat(), ...Object.values(others)].join(' '),
              value,
            ] as const;
          }),
        )
        .filter(([, value]) => value !== 0),
    );
  };
}

test.serial('OpenTelemetry gets the counts once it is registered; counters never go down', async (t) => {
  const counted = new OtelMetrics('/my/app');
  counted.record(COUNTS);
  const collect = registerOtel();
  t.teardown(() => otel.disable());
  counted.record(COUNTS);
  const first = {
    'putlogs.events.accepted /my/app': 19,
    'putlogs.events.settled /my/app delivered': 7,
    'putlogs.events.settled /my/app rejected too_old': 2,
    'putlogs.events.settled /my/app dropped buffer_full': 3,
    'putlogs.events.settled /my/app spooled': 1,
    'putlogs.events.settled /my/app fallback': 4,
    'putlogs.events.pending /my/app': 2,
  };
  t.deepEqual(await collect(), first);
  counted.record({ ...COUNTS, accepted: 14, delivered: 6, pending: 1 });
  t.deepEqual(await collect(), { ...first, 'putlogs.events.pending /my/app': 1 });
  counted.record({ ...COUNTS, accepted: 20, delivered: 14, pending: 0 });
  t.like(await collect(), {
    'putlogs.events.accepted /my/app': 20,
    'putlogs.events.settled /my/app delivered': 14,
  });
});

test.serial('what createStream and Winston report is published, and counted by OpenTelemetry', async (t) => {
  const collect = registerOtel();
  t.teardown(() => otel.disable());
  const published: PublishedReport[] = [];
  const onReport = (message: unknown) => void published.push(message as PublishedReport); // see publishReport
  diagnosticsChannel.subscribe('putlogs:report', onReport);
  t.teardown(() => diagnosticsChannel.unsubscribe('putlogs:report', onReport));
  const local = await startLocal(t);
  const stream = createStream({ ...optionsFor(local), logGroupName: '/pino' });
  pino(stream).info('one');
  await stream.close();
  const transport = new CloudWatchTransport({ ...optionsFor(local), logGroupName: '/winston' });
  const log = winston.createLogger({ transports: [transport] });
  log.info('one');
  log.info('two');
  await transport.flush();
  transport.close();
  t.like(await collect(), {
    'putlogs.events.settled /pino delivered': 1,
    'putlogs.events.settled /winston delivered': 2,
  });
  const delivered = (name: string) =>
    published.filter(({ logGroupName }) => logGroupName === name).at(-1)?.report.counts.delivered;
  t.is(delivered('/pino'), 1);
  t.is(delivered('/winston'), 2);
  t.true(
    metrics(stream, transport).includes(
      'settled_total{log_group="/winston",outcome="delivered",reason=""} 2',
    ),
  );
});
