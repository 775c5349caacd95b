import { Batcher } from '../batching/batcher.js';
import type { RecordLimit } from '../batching/record-limit.js';
import type { BatchStore, MirroredBatch } from '../contracts/batch-store.js';
import type { DeadLetters } from '../contracts/dead-letters.js';
import type { Destination } from '../contracts/destination.js';
import type { Transform } from '../contracts/transform.js';
import type { Fallback } from '../reporting/fallback.js';
import type { Reporter } from '../reporting/reporter.js';
import type { Router } from '../routing/router.js';
import type { Clock } from '../util/clock.js';
import { Accounting } from './accounting.js';
import { CircuitBreakers } from './circuit-breakers.js';
import { DeadLetterObserver } from './dead-letter-observer.js';
import { Delivery } from './delivery.js';
import { DeliveryQueue } from './delivery-queue.js';
import { Dispatcher } from './dispatcher.js';
import { EventFallback } from './event-fallback.js';
import type { EventTimes } from './event-times.js';
import { FieldCheck } from './field-check.js';
import { FlushSchedule } from './flush-schedule.js';
import { FlushWaiters } from './flush-waiters.js';
import { Intake } from './intake.js';
import { Lifecycle } from './lifecycle.js';
import { LossNotices } from './loss-notices.js';
import { LossReports } from './loss-reports.js';
import { MemoryLimiter } from './memory-limiter.js';
import { RateLimit } from './rate-limit.js';
import { Scheduler } from './scheduler.js';
import { Settlement } from './settlement.js';
import { Shutdown } from './shutdown.js';

export interface DispatcherOptions {
  readonly flushIntervalMs: number;
  readonly maxInFlight: number;
  readonly requestTimeoutMs: number;
  readonly maxBufferBytes: number;
  readonly maxRecordBytes: number | undefined;
  readonly maxBytesPerSecond: number | undefined;
  readonly logGroupClass: string | undefined;
  readonly spoolMaxBytes: number;
  readonly closeTimeoutMs: number;
}

/** What a dispatcher is connected with. */
export interface DispatcherContext {
  readonly route: Router;
  /** Default: records are sent as they are. */
  readonly transform?: Transform | undefined;
  readonly times: EventTimes;
  readonly recordLimit: RecordLimit;
  readonly reporter: Reporter;
  readonly store: BatchStore | undefined;
  readonly deadLetters: DeadLetters | undefined;
  readonly fallback: Fallback | undefined;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** A dispatcher, and how it ends. */
export interface AssembledDispatcher {
  readonly dispatcher: Dispatcher;
  readonly shutdown: Shutdown;
}

const TOO_MANY_OPEN_BATCHES =
  'Too many log streams or services are in use at once: batches are sent before they are full, in many small requests. Choose fields with fewer values for logGroupName, logStreamName and serviceField.';

/** Constructs the parts of a dispatcher, and connects them: those that come first reach later ones through functions. */
export function assembleDispatcher(
  options: DispatcherOptions,
  context: DispatcherContext,
): AssembledDispatcher {
  const { times, reporter, store, clock, random } = context;
  const { maxBufferBytes, maxInFlight, closeTimeoutMs } = options;
  const lifecycle = new Lifecycle();
  const { batcher, queue } = assembleBatches(context);
  const settling = assembleSettlement(options, context, queue);
  const { settlement, flushWaiters, fallback } = settling;
  reporter.watchPending(() => batcher.eventCount + queue.eventCount + (fallback?.pending ?? 0));
  const limiter = new MemoryLimiter(maxBufferBytes, batcher, queue, store);
  const breakers = new CircuitBreakers(options, clock, random, (destination) =>
    scheduler.recall(destination),
  );
  const common = { batcher, queue, breakers, settlement, lifecycle, times, reporter, clock };
  const delivery = new Delivery({
    ...common,
    waitsAgain: () => dispatcher.keepWithinLimits(),
    tookEvents: (destination) => intake.addLossNotice(destination),
    attemptEnded: () => dispatcher.attemptEnded(),
  });
  const scheduler = new Scheduler(maxInFlight, {
    ...common,
    deliver: (queued) => void delivery.deliver(queued),
  });
  const intake = new Intake({
    ...common,
    ...assembleChecks(options, context),
    ...settling,
    due: () => scheduler.sendDue(),
  });
  const dispatcher = new Dispatcher({ ...common, intake, limiter, scheduler, flushWaiters, fallback });
  store?.whenFull(() => dispatcher.keepWithinLimits());
  const shutdown = new Shutdown({ ...common, intake, flushWaiters, dispatcher, closeTimeoutMs });
  return { dispatcher, shutdown };
}

/** The batches that are open, and those that are sealed. */
function assembleBatches({ reporter, store }: DispatcherContext) {
  const batcher = new Batcher<Destination, MirroredBatch>(
    {
      sealed: (destination, batch, stored, told) => queue.add(destination, batch, stored, told),
      tooManyOpenBatches: () => reporter.problem('too-many-open-batches', TOO_MANY_OPEN_BATCHES),
    },
    (destination, timestamp) => store?.create(() => destination.nameAt(timestamp)),
  );
  // With fewer batches waiting or in flight, an open batch of the destination may be sealed.
  const queue = new DeliveryQueue((destination) => batcher.recall(destination));
  return { batcher, queue };
}

/** What ends batches, and what learns of it. */
function assembleSettlement(options: DispatcherOptions, context: DispatcherContext, queue: DeliveryQueue) {
  const { reporter, clock } = context;
  const stream = context.fallback?.stream;
  const lossNotices = new LossNotices(clock, stream);
  const refusedGoTo = context.deadLetters === undefined ? stream : 'the dead-letter file';
  const lossReports = new LossReports(options, reporter, refusedGoTo);
  const flushWaiters = new FlushWaiters((position) => queue.isSettled(position));
  const fallback = context.fallback && new EventFallback(context.fallback, lossReports, reporter);
  const deadLetters = context.deadLetters ?? fallback;
  const observers = [
    new Accounting(reporter, (reason) => lossReports.lossOf(reason)),
    lossNotices,
    lossReports,
    flushWaiters,
    ...(deadLetters === undefined ? [] : [new DeadLetterObserver(deadLetters)]),
  ];
  return {
    settlement: new Settlement(queue, observers, fallback),
    lossNotices,
    lossReports,
    flushWaiters,
    fallback,
  };
}

/** What a record goes through before its events are in an open batch, and when these are due. */
function assembleChecks(options: DispatcherOptions, context: DispatcherContext) {
  const { logGroupClass, maxBytesPerSecond, flushIntervalMs } = options;
  const { route, transform, recordLimit, reporter, clock, random } = context;
  return {
    route,
    transform,
    recordLimit,
    fieldCheck: new FieldCheck(logGroupClass, reporter),
    rateLimit: maxBytesPerSecond === undefined ? undefined : new RateLimit(maxBytesPerSecond, clock),
    schedule: new FlushSchedule(flushIntervalMs, clock, random),
  };
}
