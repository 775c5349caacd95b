import { CloudWatchLogs } from '../cloudwatch/client.js';
import { Destinations } from '../cloudwatch/destinations.js';
import { ServiceClock } from '../cloudwatch/service-clock.js';
import type { Config } from '../config/options.js';
import { type EnvironmentVariables, foreignVariables } from '../config/resolve-config.js';
import { ProcessIdentity } from '../identity/process-identity.js';
import { type RuntimeEnvironment, thisRuntimeEnvironment } from '../identity/runtime-environment.js';
import type { Counters } from '../reporting/counters.js';
import { type Report, Reporter } from '../reporting/reporter.js';
import { createRouter } from '../routing/router.js';
import { DeadLetterFile } from '../spool/dead-letter-file.js';
import { Spool } from '../spool/spool.js';
import { type Clock, systemClock, withTimeout } from '../util/clock.js';
import { DeliveryAccounting } from './delivery-accounting.js';
import { Dispatcher } from './dispatcher.js';
import { EventTimes } from './event-times.js';

/** The way of log records into CloudWatch Logs. Nothing here throws, whatever the network does. */
export interface Pipeline {
  /**
   * Takes over a record.
   * @param loggedAt the moment of the log call by the clock of this host: milliseconds after 1970. Anything else is now
   * @param message text, or text in UTF-8, which is copied
   * @param recordTime the time that the record itself says, if any; see `toTimestamp`. It becomes the event's, unless the
   *   service would not take it; then that is the moment of the log call, by the service's clock
   */
  accept(loggedAt: number, message: string | Buffer, recordTime?: number): void;
  /** Resolves when all that was accepted before is delivered, rejected or dropped. */
  flush(): Promise<void>;
  /**
   * Flushes for at most `closeTimeoutMs` and keeps the process alive meanwhile. What is not delivered by then is
   * counted and reported. The pipeline goes on.
   */
  drain(): Promise<void>;
  /** Drains, and takes nothing more. @param timeoutMs default: `closeTimeoutMs` */
  close(timeoutMs?: number): Promise<void>;
  /** The process ends at once: counts and reports what is lost with it, and takes nothing more. */
  abandon(): void;
}

/** What a pipeline takes from the world around it. */
export interface PipelineDependencies extends Partial<RuntimeEnvironment> {
  readonly clock?: Clock;
  /** Uniform in [0, 1). */
  readonly random?: () => number;
  /** Where it counts. Pipelines that follow each other may share them. */
  readonly counters?: Counters;
}

/**
 * Assembles the parts.
 * @param emit gets the reports. What it throws is written to stderr, with `reportToStderr`, and does no more harm.
 */
export function createPipeline(
  config: Config,
  emit: (report: Report) => void,
  { clock = systemClock, random = Math.random, counters, ...place }: PipelineDependencies = {},
): Pipeline {
  const reporter = new Reporter(emit, config.reportToStderr, clock, counters);
  const here = { ...thisRuntimeEnvironment(process.env), ...place };
  reportForeignVariables(here.env, reporter);
  const identity = new ProcessIdentity(config, here, reporter, clock);
  const serviceClock = new ServiceClock(clock, reporter);
  const api = new CloudWatchLogs(config, clock, serviceClock, (hostname) =>
    reporter.problem('plain-http', `Requests to ${hostname} go over plain http. ${SHOWN}`),
  );
  const destinations = new Destinations(config, api, reporter, identity);
  const route = createRouter(config, destinations, identity, reporter, clock);
  const deadLetters = openDeadLetters(config, reporter);
  const spool = openSpool(config, reporter, clock);
  const accounting = new DeliveryAccounting(config, reporter, deadLetters);
  const times = new EventTimes(serviceClock, config.retentionInDays);
  const dispatcher = new Dispatcher(config, {
    route,
    times,
    accounting,
    reporter,
    store: spool,
    clock,
    random,
  });
  void identity.settled.then(() => spool?.begin());
  void dispatcher.holdUntil(identity.settled, () => identity.stopWaiting());
  const stopRecovery = spool === undefined ? undefined : recover(spool, dispatcher, destinations, clock);
  let closing: Promise<void> | undefined;
  /** Waits until the pipeline has left. The entity, and each request, get no more than a part of the time that this may take. */
  const leave = async (left: Promise<void>, timeoutMs: number) => {
    const stopHurry = api.stopWaiting(timeoutMs);
    const patienceMs = Math.max(timeoutMs / 2, MIN_PATIENCE_MS);
    const cancel = clock.after(patienceMs, () => identity.stopWaiting());
    await left;
    stopHurry();
    cancel();
    identity.stopWaiting();
  };
  const close = async (timeoutMs: number) => {
    const begun = clock.monotonic();
    stopRecovery?.();
    await leave(dispatcher.close(timeoutMs), timeoutMs);
    identity.close();
    api.close();
    const leftMs = timeoutMs - (clock.monotonic() - begun);
    const closed = Promise.all([spool?.close(), deadLetters?.close()]);
    await withTimeout(Math.max(leftMs, LAST_WRITES_MS), clock, closed);
  };
  return {
    accept: (loggedAt, message, recordTime) => dispatcher.accept(loggedAt, message, recordTime),
    flush: () => dispatcher.flush(),
    async drain() {
      await leave(dispatcher.drain(config.closeTimeoutMs), config.closeTimeoutMs);
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
    `Unknown environment variables are ignored: ${names.join(', ')}. If they are meant for this transport, correct their names: docs/configuration.md lists all.`,
  );
}

const SHOWN =
  'Everybody on the way can read the events, and the session token of the credentials. Use an endpoint with https.';

/** At the end a disk that does not answer is waited for so long, beyond `closeTimeoutMs` if need be. */
const LAST_WRITES_MS = 500;

/** Less than the disk is waited for at the end, which takes events no sooner than their entity is settled. */
const MIN_PATIENCE_MS = 200;

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

/** Sends what dead processes left: at the start, and when there is a reason to look again. @returns ends that */
function recover(spool: Spool, dispatcher: Dispatcher, destinations: Destinations, clock: Clock): () => void {
  let isOver = false;
  let isLooking = false;
  let cancel: (() => void) | undefined;
  const look = async () => {
    cancel?.();
    isLooking = true;
    const { left, againMs } = await spool.recover();
    isLooking = false;
    if (againMs !== undefined && !isOver) cancel = clock.after(againMs, lookAgain);
    return left.map(({ head, batch, ...outline }) => ({
      destination: destinations.to(head),
      stored: batch,
      outline,
    }));
  };
  const lookAgain = () => {
    if (!isOver && !isLooking) dispatcher.recover(look(), false);
  };
  spool.lookDue = lookAgain;
  dispatcher.recover(look(), true);
  return () => {
    isOver = true;
    cancel?.();
  };
}
