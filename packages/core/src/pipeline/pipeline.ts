import { RecordLimit } from '../batching/record-limit.js';
import { Destinations } from '../cloudwatch/destinations.js';
import { SdkLogsClient } from '../cloudwatch/sdk-logs-client.js';
import { ServiceClock } from '../cloudwatch/service-clock.js';
import type { Config } from '../config/options.js';
import { recordShareOfBuffer } from '../config/record-share.js';
import { foreignVariables } from '../config/resolve-config.js';
import { ProcessIdentity } from '../identity/process-identity.js';
import { type RuntimeEnvironment, thisRuntimeEnvironment } from '../identity/runtime-environment.js';
import { UserModule } from '../module/user-module.js';
import type { Counters } from '../reporting/counters.js';
import { Fallback } from '../reporting/fallback.js';
import type { LineOutput } from '../reporting/line-output.js';
import type { Report } from '../reporting/report-types.js';
import { Reporter } from '../reporting/reporter.js';
import { createRouter } from '../routing/router.js';
import { type Clock, patient, systemClock } from '../util/clock.js';
import type { EnvironmentVariables } from '../util/environment-variables.js';
import { errorMessage } from '../util/error-message.js';
import { assembleDispatcher } from './assemble-dispatcher.js';
import { Disk } from './disk.js';
import { EventTimes } from './event-times.js';
import { type ChangeFound, type FoundBatch, RecoverySearch } from './recovery-search.js';
import { Teardown } from './teardown.js';

/** Delivers log records to CloudWatch Logs. No method throws. */
export interface Pipeline {
  /**
   * Accepts a record.
   * @param loggedAt the time of the log call by the clock of this host, in milliseconds since 1970; anything else means now
   * @param message text, or text in UTF-8, which is copied
   * @param recordTime the time that the record itself states, if any; see `toTimestamp`. It becomes the timestamp of the event
   *   unless the service would reject it. Then the timestamp is the time of the log call, by the service's clock
   * @param omittedBytes how many bytes at the end of the record are not in `message`, since the caller keeps no record that is
   *   so long. The text of the event says so. Default: 0
   * @param level the level of the record, by Pino's numbers (30 is info). `maxBytesPerSecond` goes by it. Default: what stands at
   *   the front of the record, as Pino writes it
   */
  accept(
    loggedAt: number,
    message: string | Buffer,
    recordTime?: number,
    omittedBytes?: number,
    level?: number,
  ): void;
  /**
   * Resolves when everything accepted before is delivered, rejected or dropped. Does not keep the process alive meanwhile:
   * before the process ends, await `drain` or `close`.
   */
  flush(): Promise<void>;
  /**
   * Flushes for at most `closeTimeoutMs` and keeps the process alive meanwhile. What is neither delivered nor on disk by then is
   * counted as lost and reported. The pipeline goes on.
   */
  drain(): Promise<void>;
  /** Drains, and accepts nothing more. @param timeoutMs default: `closeTimeoutMs` */
  close(timeoutMs?: number): Promise<void>;
  /** The process ends now: counts and reports what is lost with it, and accepts nothing more. */
  abandon(): void;
}

/** What a pipeline uses of the process. Default: the real ones. */
export interface PipelineOptions {
  readonly clock?: Clock;
  /** Uniform in [0, 1). */
  readonly random?: () => number;
}

/** Everything that a pipeline uses of the process and the machine. Default: the real ones. */
export interface PipelineDependencies extends PipelineOptions, Partial<RuntimeEnvironment> {
  /** Successive pipelines may share their counters. Default: new ones. */
  readonly counters?: Counters;
  /** Where `fallback` writes to. Default: the stream that it names. */
  readonly output?: LineOutput;
  /** Changes what dead owners left in the spool, before it is sent. */
  readonly changeFound?: ChangeFound;
}

/**
 * Builds a pipeline.
 * @param emit receives the reports. An error that it throws is written to stderr if `reportToStderr` is set, and has no other effect.
 */
export function createPipeline(
  config: Config,
  emit: (report: Report) => void,
  options?: PipelineOptions,
): Pipeline {
  return assemblePipeline(config, emit, options);
}

/** A pipeline whose thread belongs to it, and to the user's module. */
export interface AssembledPipeline extends Pipeline {
  /** The memory that waiting events take, as `maxBufferBytes` counts it. */
  readonly heldBytes: number;
  /** Reports an error in this thread that nobody caught. Most likely the user's module caused it. */
  reportUncaught(error: unknown): void;
}

/** Builds a pipeline like `createPipeline`, with parts of the process and the machine that only this project replaces. */
export function assemblePipeline(
  config: Config,
  emit: (report: Report) => void,
  {
    clock = systemClock,
    random = Math.random,
    counters,
    output,
    changeFound,
    ...overrides
  }: PipelineDependencies = {},
): AssembledPipeline {
  const { reporter, userModule } = openReporter(config, emit, clock, counters);
  const environment = { ...thisRuntimeEnvironment(process.env), ...overrides };
  reportForeignVariables(environment.env, reporter);
  const networkClock = patient(clock);
  const identity = new ProcessIdentity(config, environment, reporter, networkClock);
  const serviceClock = new ServiceClock(clock, reporter);
  const sdkOptions = { ...config, ...userModule?.connection };
  const warnOfPlainHttp = plainHttpReport(reporter);
  const client = new SdkLogsClient(sdkOptions, environment.env, networkClock, serviceClock, warnOfPlainHttp);
  const destinations = new Destinations(config, client, reporter, identity);
  const disk = new Disk(config, reporter, clock);
  const fallback = config.fallback && new Fallback(config.fallback, reporter, output);
  const { dispatcher, shutdown } = assembleDispatcher(config, {
    route: createRouter(config, destinations, identity, reporter, clock),
    transform: userModule?.transform,
    times: new EventTimes(serviceClock, config.retentionInDays),
    recordLimit: new RecordLimit(config.maxRecordBytes, recordShareOfBuffer(config)),
    reporter,
    store: disk.spool,
    deadLetters: disk.deadLetters,
    fallback,
    clock,
    random,
  });
  void identity.ready.then(() => disk.spool?.startWriting());
  void dispatcher.holdUntil(identity.ready, () => identity.stopWaiting());
  const change = changeFound && ((found: FoundBatch) => changeFound(found, disk.deadLetters));
  const recovery = disk.spool && new RecoverySearch(disk.spool, dispatcher, destinations, clock, change);
  recovery?.start();
  const { closeTimeoutMs } = config;
  const teardown = new Teardown({
    shutdown,
    identity,
    client,
    recovery,
    disk,
    fallback,
    reporter,
    clock,
    closeTimeoutMs,
  });
  return {
    get heldBytes() {
      return dispatcher.heldBytes;
    },
    accept: (...record) => {
      const { records } = reporter;
      try {
        dispatcher.accept(...record);
      } catch (error) {
        reportFailed(error, reporter, records);
      }
    },
    flush: () => dispatcher.flush(),
    drain: () => teardown.drain(closeTimeoutMs),
    close: (timeoutMs = closeTimeoutMs) => teardown.close(timeoutMs),
    abandon: () => shutdown.abandon(),
    reportUncaught: (error) => userModule?.uncaught(error),
  };
}

/** The user's module reports through the reporter, and gets the reports. */
function openReporter(
  { module, reportToStderr }: Config,
  emit: (report: Report) => void,
  clock: Clock,
  counters: Counters | undefined,
): { readonly reporter: Reporter; readonly userModule: UserModule | undefined } {
  let userModule: UserModule | undefined;
  const report = (given: Report) => {
    userModule?.onReport(given);
    emit(given);
  };
  const reporter = new Reporter(report, reportToStderr, clock, counters);
  if (module !== undefined) userModule = new UserModule(module, reporter);
  return { reporter, userModule };
}

/**
 * The user's module shares the thread, and may have broken what our code uses.
 * @param recordsBefore how many records were accepted before this one
 */
function reportFailed(error: unknown, reporter: Reporter, recordsBefore: number): void {
  if (reporter.records === recordsBefore) reporter.accept(1, 1);
  reporter.dropMissing();
  reporter.problem(
    'worker',
    `A record may be lost: to accept it failed. Later records are accepted. If no module or preloaded file changes what Node provides, please report this. (${errorMessage(error)})`,
  );
}

function reportForeignVariables(env: EnvironmentVariables, reporter: Reporter): void {
  const names = foreignVariables(env);
  if (names.length === 0) return;
  reporter.problem(
    'unknown-variable',
    `Unknown environment variables are ignored: ${names.join(', ')}. If they are meant for this transport, see the documentation for their names.`,
  );
}

function plainHttpReport(reporter: Reporter): (hostname: string) => void {
  return (hostname) =>
    reporter.problem(
      'plain-http',
      `Requests to ${hostname} go over plain HTTP. Anyone on the network path can read the events and the session token of the credentials. Use an https endpoint.`,
    );
}
