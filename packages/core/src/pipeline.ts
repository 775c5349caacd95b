import { hostname } from 'node:os';
import { type Clock, systemClock } from './clock.js';
import type { Config } from './config/options.js';
import type { Environment } from './config/resolve.js';
import { SdkLogsApi } from './delivery/api.js';
import { Sender } from './delivery/sender.js';
import { streamNamer } from './delivery/stream-name.js';
import { Target } from './delivery/target.js';
import { resolveEntity } from './entity/resolve.js';
import { hostSource, otelSource, userSource } from './entity/sources.js';
import { type Report, Reporter } from './report.js';
import { Shipper } from './shipper.js';

/** The way of log records into CloudWatch Logs. Nothing here throws, whatever the network does. */
export interface Pipeline {
  /**
   * Takes over a record.
   * @param timestamp milliseconds after 1970, a whole number; see `toTimestamp`
   */
  accept(timestamp: number, message: string): void;
  /** Resolves when all that was accepted before is delivered, rejected or dropped. */
  flush(): Promise<void>;
  /**
   * Flushes for at most `closeTimeoutMs` and keeps the process alive meanwhile. What is not delivered by then is
   * counted and reported. The pipeline goes on.
   */
  drain(): Promise<void>;
  /** Drains, and takes nothing more. */
  close(): Promise<void>;
}

/** What a pipeline takes from the world around it. */
export interface Surroundings {
  readonly env?: Environment;
  readonly clock?: Clock;
  /** Uniform in [0, 1). */
  readonly random?: () => number;
}

/** Assembles the parts. `emit` gets the reports. */
export function createPipeline(
  config: Config,
  emit: (report: Report) => void,
  { env = process.env, clock = systemClock, random = Math.random }: Surroundings = {},
): Pipeline {
  const reporter = new Reporter(emit, config.reportToStderr, clock);
  const { entity, problems } = resolveEntity(config.entity, [
    userSource(config.service, config.environment),
    otelSource(env),
    hostSource(hostname()),
  ]);
  for (const problem of problems) reporter.problem('entity', problem);

  const api = new SdkLogsApi(config, clock);
  const { logGroupName, logGroupClass, kmsKeyId, tags, retentionInDays, createLogGroup } = config;
  const streamName = streamNamer(config.logStreamName, {
    hostname: hostname(),
    pid: process.pid,
    service: entity?.keyAttributes.Name ?? config.service,
    environment: entity?.keyAttributes.Environment ?? config.environment,
  });
  const group = { logGroupName, logGroupClass, kmsKeyId, tags };
  const target = new Target(api, { group, retentionInDays, createLogGroup, streamName }, reporter);
  const shipper = new Shipper(config, new Sender(api, target, entity, reporter), reporter, clock, random);
  return {
    accept: (timestamp, message) => shipper.accept(timestamp, message),
    flush: () => shipper.flush(),
    drain: () => shipper.drain(config.closeTimeoutMs),
    async close() {
      await shipper.close(config.closeTimeoutMs);
      api.close();
    },
  };
}
