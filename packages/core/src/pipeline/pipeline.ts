import { Destinations } from '../cloudwatch/destinations.js';
import { SdkLogsClient } from '../cloudwatch/sdk-logs-client.js';
import { ServiceClock } from '../cloudwatch/service-clock.js';
import type { Config } from '../config/options.js';
import { type EnvironmentVariables, foreignVariables } from '../config/resolve-config.js';
import { ProcessIdentity } from '../identity/process-identity.js';
import { type RuntimeEnvironment, thisRuntimeEnvironment } from '../identity/runtime-environment.js';
import type { Counters } from '../reporting/counters.js';
import type { Report } from '../reporting/report-types.js';
import { Reporter } from '../reporting/reporter.js';
import { createRouter } from '../routing/router.js';
import { STALLED_MS } from '../spool/call-queue.js';
import { DeadLetterFile } from '../spool/dead-letter-file.js';
import { fileCalls } from '../spool/file-calls.js';
import { Spool } from '../spool/spool.js';
import { type Clock, systemClock, withTimeout } from '../util/clock.js';
import { Dispatcher } from './dispatcher.js';
import { EventTimes } from './event-times.js';

/** Delivers log records to CloudWatch Logs. No method throws. */
export interface Pipeline {
  /**
   * Accepts a record.
   * @param loggedAt the time of the log call by the clock of this host, in milliseconds since 1970; anything else means now
   * @param message text, or text in UTF-8, which is copied
   * @param recordTime the time that the record itself states, if any; see `toTimestamp`. It becomes the timestamp of the event
   *   unless the service would reject it. Then the timestamp is the time of the log call, by the service's clock
   */
  accept(loggedAt: number, message: string | Buffer, recordTime?: number): void;
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

/** Builds a pipeline like `createPipeline`, with parts of the process and the machine that only this project replaces. */
export function assemblePipeline(
  config: Config,
  emit: (report: Report) => void,
  { clock = systemClock, random = Math.random, counters, ...overrides }: PipelineDependencies = {},
): Pipeline {
  const reporter = new Reporter(emit, config.reportToStderr, clock, counters);
  const environment = { ...thisRuntimeEnvironment(process.env), ...overrides };
  reportForeignVariables(environment.env, reporter);
  const identity = new ProcessIdentity(config, environment, reporter, clock);
  const serviceClock = new ServiceClock(clock, reporter);
  const client = new SdkLogsClient(config, clock, serviceClock, (hostname) =>
    reporter.problem('plain-http', `Requests to ${hostname} go over plain HTTP. ${PLAIN_HTTP}`),
  );
  const destinations = new Destinations(config, client, reporter, identity);
  const route = createRouter(config, destinations, identity, reporter, clock);
  const deadLetters = openDeadLetters(config, reporter);
  const spool = openSpool(config, reporter, clock);
  const stopDiskWatch = watchDisk(config, reporter, clock);
  const times = new EventTimes(serviceClock, config.retentionInDays);
  const dispatcher = new Dispatcher(config, {
    route,
    times,
    reporter,
    store: spool,
    deadLetters,
    clock,
    random,
  });
  void identity.settled.then(() => spool?.startWriting());
  void dispatcher.holdUntil(identity.settled, () => identity.stopWaiting());
  const stopRecovery = spool === undefined ? undefined : recover(spool, dispatcher, destinations, clock);
  let closing: Promise<void> | undefined;
  /** Waits for a drain. Meanwhile the identity and each request get only a part of the time that the drain may take. */
  const awaitDrain = async (drained: Promise<void>, timeoutMs: number) => {
    const restoreTimeouts = client.shortenTimeouts(timeoutMs);
    const identityMs = Math.max(timeoutMs / 2, MIN_IDENTITY_MS);
    const cancel = clock.after(identityMs, () => identity.stopWaiting());
    await drained;
    restoreTimeouts();
    cancel();
    identity.stopWaiting();
  };
  const close = async (timeoutMs: number) => {
    const startedAt = clock.monotonic();
    stopRecovery?.();
    await awaitDrain(dispatcher.close(timeoutMs), timeoutMs);
    identity.close();
    client.close();
    const leftMs = timeoutMs - (clock.monotonic() - startedAt);
    const written = Promise.all([spool?.close(), deadLetters?.close()]);
    await withTimeout(Math.max(leftMs, LAST_WRITES_MS), clock, written);
    stopDiskWatch();
  };
  return {
    accept: (loggedAt, message, recordTime) => dispatcher.accept(loggedAt, message, recordTime),
    flush: () => dispatcher.flush(),
    async drain() {
      await awaitDrain(dispatcher.drain(config.closeTimeoutMs), config.closeTimeoutMs);
      await spool?.tidy();
    },
    close(timeoutMs = config.closeTimeoutMs) {
      closing ??= close(timeoutMs);
      return closing;
    },
    abandon: () => dispatcher.abandon(),
  };
}

function reportForeignVariables(env: EnvironmentVariables, reporter: Reporter): void {
  const names = foreignVariables(env);
  if (names.length === 0) return;
  reporter.problem(
    'unknown-variable',
    `Unknown environment variables are ignored: ${names.join(', ')}. If they are meant for this transport, see the documentation for their names.`,
  );
}

const PLAIN_HTTP =
  'Anyone on the network path can read the events and the session token of the credentials. Use an https endpoint.';

/** A disk that does not respond gets this long at the end, beyond `closeTimeoutMs` if need be. */
const LAST_WRITES_MS = 500;

/** Less than `LAST_WRITES_MS`, since the spool writes nothing before the identity is settled. */
const MIN_IDENTITY_MS = 200;

function openSpool(
  { spoolDirectory, spoolMaxBytes }: Config,
  reporter: Reporter,
  clock: Clock,
): Spool | undefined {
  return spoolDirectory === undefined ? undefined : new Spool(spoolDirectory, spoolMaxBytes, reporter, clock);
}

function openDeadLetters(
  { deadLetterFile, deadLetterMaxBytes }: Config,
  reporter: Reporter,
): DeadLetterFile | undefined {
  return deadLetterFile === undefined
    ? undefined
    : new DeadLetterFile(deadLetterFile, deadLetterMaxBytes, reporter);
}

const STALLED_DISK = `The disk has not responded to a file call for ${STALLED_MS / 1000} s. Nothing is written until it does. Events wait in memory and are delivered from there. Look for a network volume that is gone or a disk that is overloaded`;

/** Reports a disk that does not respond. @returns stops it */
function watchDisk({ spoolDirectory, deadLetterFile }: Config, reporter: Reporter, clock: Clock): () => void {
  if (spoolDirectory !== undefined)
    return fileCalls.watch(clock, () => reporter.problem('spool', `${STALLED_DISK}: ${spoolDirectory}.`));
  if (deadLetterFile !== undefined)
    return fileCalls.watch(clock, () =>
      reporter.problem('dead-letters', `${STALLED_DISK}: ${deadLetterFile}.`),
    );
  return () => undefined;
}

/** Sends what dead processes left on disk: at the start, and whenever the spool asks for another search. @returns stops it */
function recover(spool: Spool, dispatcher: Dispatcher, destinations: Destinations, clock: Clock): () => void {
  let state: 'idle' | 'searching' | 'stopped' = 'idle';
  let cancel: (() => void) | undefined;
  const search = async () => {
    cancel?.();
    state = 'searching';
    const { batches, rescanMs } = await spool.recover();
    if (state === 'searching') {
      state = 'idle';
      if (rescanMs !== undefined) cancel = clock.after(rescanMs, searchAgain);
    }
    return batches.map(({ name, batch, ...outline }) => ({
      destination: destinations.to(name),
      stored: batch,
      outline,
    }));
  };
  const searchAgain = () => {
    if (state === 'idle') dispatcher.recover(search(), false);
  };
  spool.onRescanDue = searchAgain;
  dispatcher.recover(search(), true);
  return () => {
    state = 'stopped';
    cancel?.();
  };
}
