import type { Report } from '@putlogs/core';
import {
  assembleDispatcher,
  Batch,
  type DeadLetters,
  type Destination,
  type DispatcherContext,
  EventTimes,
  type FailedOutcome,
  MAX_OPEN_BATCHES,
  type Outcome,
  RecordLimit,
  type RejectedEvents,
  Reporter,
  ServiceClock,
  type StoredBatch,
} from '@putlogs/core/internal';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { NO_EVENTS, sumOf } from '../../support/counts.js';
import { ManualClock, settled } from '../../support/manual-clock.js';
import { until } from '../../support/until.js';

const DAY = 86_400_000;
const NOON = Date.UTC(2026, 10, 24, 12);

const DELIVERED: Outcome = { kind: 'delivered', rejected: { tooOld: 0, expired: 0, tooNew: 0 } };
const failed = (kind: FailedOutcome['kind']): Outcome => ({
  kind,
  failure: { name: 'TestError', message: 'as scripted' },
});
const THROTTLED = failed('throttled');
const UNAVAILABLE = failed('unavailable');
const REFUSED = failed('refused');

function messages(batch: Batch): string[] {
  const events = JSON.parse(`[${batch.payload.toString()}]`) as { message: string }[];
  return events.map(({ message }) => message);
}

interface Attempt {
  readonly batch: Batch;
  readonly resolve: (outcome: Outcome) => void;
}

/** A destination whose outcomes the test chooses: at once by `reply`, or later by `answer`. */
class ScriptedDestination implements Destination {
  reply: ((batch: Batch) => Outcome) | undefined;
  /** The batches of all attempts, in order. */
  readonly sent: Batch[] = [];
  /** The attempts without an outcome, oldest first. */
  readonly inFlight: Attempt[] = [];
  maxInFlight = 0;

  nameAt() {
    return { logGroupName: '/test/app', logStreamName: 'stream', entity: undefined };
  }

  send(batch: Batch): Promise<Outcome> {
    // A copy, since the memory of a delivered batch is reused.
    this.sent.push(batch.slice(0, batch.size));
    return new Promise((resolve) => {
      const attempt = { batch, resolve };
      this.inFlight.push(attempt);
      this.maxInFlight = Math.max(this.maxInFlight, this.inFlight.length);
      if (this.reply !== undefined) void this.#answer(attempt, this.reply(batch));
    });
  }

  explain({ kind }: FailedOutcome): string {
    return `an attempt was ${kind}`;
  }

  /** Ends the oldest attempt, or the one at `index`. */
  async answer(outcome: Outcome, index = 0): Promise<void> {
    const attempt = this.inFlight[index];
    if (attempt === undefined) throw new Error('no batch is in flight');
    await this.#answer(attempt, outcome);
  }

  /** Ends all attempts in flight as delivered. @param read gets each batch first */
  async deliverAll(read: (batch: Batch) => void): Promise<void> {
    for (const attempt of [...this.inFlight]) {
      read(attempt.batch);
      await this.#answer(attempt, DELIVERED);
    }
  }

  async #answer(attempt: Attempt, outcome: Outcome): Promise<void> {
    this.inFlight.splice(this.inFlight.indexOf(attempt), 1);
    attempt.resolve(outcome);
    await settled();
  }

  /** Removes and returns the batches that were sent so far: the messages of each, joined by spaces. */
  takeSent(): string[] {
    return this.sent.splice(0).map((batch) => messages(batch).join(' '));
  }
}

interface Settings {
  readonly flushIntervalMs?: number;
  readonly maxInFlight?: number;
  readonly maxBufferBytes?: number;
  readonly random?: () => number;
  readonly deadLetters?: DeadLetters;
  /** Whether the service's clock is known. It agrees with the host's. */
  readonly isServiceTimeKnown?: boolean;
  /** Default: all records go to one destination. */
  readonly route?: DispatcherContext['route'];
  readonly store?: DispatcherContext['store'];
}

function setUp({
  random = () => 0.5,
  deadLetters,
  route,
  store,
  isServiceTimeKnown = true,
  ...options
}: Settings = {}) {
  const clock = new ManualClock(NOON);
  const destination = new ScriptedDestination();
  const reports: Report[] = [];
  const reporter = new Reporter((report) => reports.push(report), false, clock);
  const settings = {
    flushIntervalMs: 1000,
    maxInFlight: 4,
    requestTimeoutMs: 10_000,
    maxBufferBytes: 64 * 1024 * 1024,
    maxRecordBytes: undefined,
    maxBytesPerSecond: undefined,
    logGroupClass: undefined,
    spoolMaxBytes: 0,
    closeTimeoutMs: 8000,
    ...options,
  };
  const serviceClock = new ServiceClock(clock, reporter);
  const setServiceTime = (timestamp: number) => serviceClock.startSample()(new Date(timestamp).toUTCString());
  if (isServiceTimeKnown) setServiceTime(NOON);
  const { dispatcher, shutdown } = assembleDispatcher(settings, {
    route: route ?? (() => destination),
    times: new EventTimes(serviceClock, undefined),
    recordLimit: new RecordLimit(undefined, 32 * 1024 * 1024),
    reporter,
    store,
    deadLetters,
    fallback: undefined,
    clock,
    random,
  });
  return {
    clock,
    destination,
    dispatcher,
    shutdown,
    setServiceTime,
    reports,
    counts: () => reporter.counts,
    problems: () => reports.flatMap((report) => (report.kind === 'problem' ? [report.code] : [])),
    /** The message of the first problem that was reported. */
    firstProblem: () => reports.find((report) => report.kind === 'problem')?.message ?? '',
    /** Accepts each message in a batch of its own. */
    acceptSeparately(...texts: string[]): void {
      for (const text of texts) {
        dispatcher.accept(NOON, text);
        void dispatcher.flush();
      }
    },
  };
}

/** A spool. The test chooses when the disk writes and reads, and when it is full. */
class ScriptedStore {
  #settled = 0;
  /** The store is full until this many events are settled. */
  #fullUntil = 0;
  #full: () => void = () => undefined;
  #write: (isPersisted: boolean) => void = () => undefined;
  #read: (batch: Batch) => void = () => undefined;
  /** Resolved by `write`. */
  readonly #written = new Promise<boolean>((resolve) => {
    this.#write = resolve;
  });

  get isFull(): boolean {
    return this.#settled < this.#fullUntil;
  }

  whenFull(callback: () => void): void {
    this.#full = callback;
  }

  create(): StoredBatch & { append(): void; seal(): void } {
    return {
      isPersisting: true,
      isPersisted: false,
      whenPersisted: this.#written,
      mayLeaveMemory: () => false,
      append: () => undefined,
      seal: () => undefined,
      release: () => undefined,
      read: () =>
        new Promise((resolve) => {
          this.#read = (batch) => resolve({ kind: 'read', batch });
        }),
      accepted: () => undefined,
      settle: (events) => {
        this.#settled += events;
      },
      leave: () => undefined,
    };
  }

  /** Makes the store full until one more event is settled. */
  fill(): void {
    this.#fullUntil = this.#settled + 1;
    this.#full();
  }

  write(isPersisted: boolean): void {
    this.#write(isPersisted);
  }

  read(batch: Batch): void {
    this.#read(batch);
  }
}

/** Whether a promise has resolved. */
async function isDone(promise: Promise<void>): Promise<boolean> {
  let done = false;
  void promise.then(() => {
    done = true;
  });
  await settled();
  return done;
}

// Accept

test('accepted records are sent as one batch at the next time of the flush schedule', async (t) => {
  const { clock, destination, dispatcher, counts } = setUp();
  dispatcher.accept(NOON, 'a');
  await clock.advance(300);
  dispatcher.accept(NOON, 'b');
  await clock.advance(199);
  t.deepEqual(destination.takeSent(), []);
  await clock.advance(1);
  t.deepEqual(destination.takeSent(), ['a b']);
  t.deepEqual(counts(), { ...NO_EVENTS, accepted: 2, pending: 2 });
  await destination.answer(DELIVERED);
  t.deepEqual(counts(), { ...NO_EVENTS, accepted: 2, delivered: 2 });
});

test('an event waits at most the flush interval, whenever it is accepted', async (t) => {
  const { clock, destination, dispatcher } = setUp();
  destination.reply = () => DELIVERED;
  for (const [at, wait] of [
    [0, 500],
    [500, 1000],
    [1501, 999],
    [3499, 1],
    [5000, 500],
  ] as const) {
    await clock.advance(NOON + at - clock.now());
    dispatcher.accept(NOON, 'a');
    await clock.advance(wait - 1);
    t.deepEqual(destination.takeSent(), []);
    await clock.advance(1);
    t.deepEqual(destination.takeSent(), ['a']);
  }
});

test.serial('the memory of a batch is reused after it is delivered, and no sooner', async (t) => {
  const { clock, destination, dispatcher, shutdown } = setUp({
    maxInFlight: 2,
    maxBufferBytes: 8 * 1024 * 1024,
  });
  const batches = new Map<Batch, string>();
  const buffers = new Set<ArrayBufferLike>();
  let n = 0;
  const acceptAndCheck = async (step: string) => {
    // Ten events fill a batch.
    for (let i = 0; i < 40; i++) dispatcher.accept(NOON, `${n++}`.padEnd(100_000, '.'));
    await settled();
    for (const { batch } of destination.inFlight) {
      buffers.add(batch.payload.buffer);
      const now = batch.payload.toString();
      const before = batches.get(batch) ?? now;
      batches.set(batch, before);
      t.true(now === before, step);
    }
  };
  await acceptAndCheck('sent');
  for (let i = 0; i < 8; i++) {
    await destination.answer(DELIVERED, i % 2);
    await acceptAndCheck('delivered');
  }
  const drained = shutdown.drain(1000);
  await clock.advance(1000);
  await drained;
  await acceptAndCheck('given up');
  t.is(destination.inFlight.length, 4, 'two that were given up, and two others');
  await destination.answer(UNAVAILABLE, 2);
  await acceptAndCheck('failed, and older batches dropped');
  t.true(buffers.size < batches.size, `${batches.size} batches in ${buffers.size} buffers`);
});

for (const bytes of [100, 250, 5000]) {
  // Serial, since all tests share the buffer pool.
  test.serial(`batches of ${bytes}-byte events that are delivered one by one share one buffer`, async (t) => {
    const { destination, dispatcher } = setUp();
    const buffers = new Set<ArrayBufferLike>();
    const line = `{"level":30,"msg":"say \\"hi\\""${' '.repeat(bytes)}`.slice(0, bytes);
    destination.reply = ({ payload }) => {
      buffers.add(payload.buffer);
      return DELIVERED;
    };
    await until(
      '20 batches',
      () => destination.sent.length >= 20,
      () => {
        for (let i = 0; i < 100; i++) dispatcher.accept(NOON, line);
      },
    );
    // The first batch grows into its buffer, and the second may.
    t.true(buffers.size <= 3, `${buffers.size}`);
  });
}

test('pipelines that start and log at the same time send at different times', async (t) => {
  for (const [random, wait] of [
    [0, 1000],
    [0.001, 1],
    [0.25, 250],
    [0.999, 999],
  ] as const) {
    const { clock, destination, dispatcher } = setUp({ random: () => random });
    dispatcher.accept(NOON, 'a');
    await clock.advance(wait - 1);
    t.deepEqual(destination.takeSent(), []);
    await clock.advance(1);
    t.deepEqual(destination.takeSent(), ['a']);
  }
});

test('events of several days are sent at the same time, a batch for each day', async (t) => {
  const { clock, destination, dispatcher } = setUp();
  destination.reply = () => DELIVERED;
  dispatcher.accept(NOON, 'today');
  await clock.advance(400);
  dispatcher.accept(NOON - DAY, 'yesterday');
  dispatcher.accept(NOON, 'today too');
  await clock.advance(100);
  t.deepEqual(destination.takeSent(), ['today today too', 'yesterday']);
  await clock.advance(10_000); // the counts are reported
  t.is(clock.timers, 0);
});

test('records that alternate between two days still share two batches', async (t) => {
  const { destination, dispatcher } = setUp();
  destination.reply = () => DELIVERED;
  for (let i = 0; i < 100; i++) dispatcher.accept(NOON - (i % 2) * DAY, 'x');
  await dispatcher.flush();
  t.deepEqual(
    destination.sent.map(({ size }) => size),
    [50, 50],
  );
});

test('a destination with few records does not wait for one with many', async (t) => {
  const busy = new ScriptedDestination();
  const quiet = new ScriptedDestination();
  const { clock, dispatcher } = setUp({
    maxInFlight: 1,
    route: (message) => (message === 'quiet' ? quiet : busy),
  });
  const fullBatches = (count: number) => {
    for (let i = 0; i < count * 10_000; i++) dispatcher.accept(NOON, 'x');
  };
  fullBatches(5);
  dispatcher.accept(NOON, 'quiet');
  await clock.advance(1000);
  await busy.answer(DELIVERED);
  fullBatches(10);
  for (let i = 0; i < 5 && quiet.sent.length === 0; i++) await busy.answer(DELIVERED);
  t.deepEqual(quiet.takeSent(), ['quiet']);
});

test('records of more days than there may be open batches are all delivered', async (t) => {
  const { destination, dispatcher, counts } = setUp();
  destination.reply = () => DELIVERED;
  const days = MAX_OPEN_BATCHES + 24;
  for (let day = 0; day < days; day++) dispatcher.accept(day * DAY, `${day}`);
  await settled();
  t.is(destination.sent.length, 24);
  await dispatcher.flush();
  t.is(destination.sent.length, days);
  t.deepEqual(counts(), { ...NO_EVENTS, accepted: days, delivered: days });
});

test('a full batch does not wait for the flush interval', (t) => {
  const { destination, dispatcher } = setUp();
  for (let i = 0; i < 10_000; i++) dispatcher.accept(NOON, 'x');
  t.is(destination.sent.length, 0);
  dispatcher.accept(NOON, 'x');
  t.deepEqual(
    destination.sent.map(({ size }) => size),
    [10_000],
  );
});

test('an empty message is counted as dropped and never sent', async (t) => {
  const { clock, destination, dispatcher, counts } = setUp();
  dispatcher.accept(NOON, '');
  await clock.advance(1000);
  t.is(destination.sent.length, 0);
  t.is(clock.timers, 0);
  t.deepEqual(counts(), {
    ...NO_EVENTS,
    accepted: 1,
    dropped: { ...NO_EVENTS.dropped, empty: 1 },
  });
});

test('a message that is too long for one event is counted by its events', async (t) => {
  const { destination, dispatcher, counts } = setUp();
  destination.reply = () => DELIVERED;
  dispatcher.accept(NOON, 'x'.repeat(2 * 1_048_550 + 1));
  await dispatcher.flush();
  t.deepEqual(
    destination.sent.map((batch) => messages(batch).map(({ length }) => length)),
    [[1_048_550], [1_048_550], [1]],
  );
  t.deepEqual(counts(), { ...NO_EVENTS, accepted: 3, delivered: 3 });
});

test('accepting never waits for the network', (t) => {
  const { destination, dispatcher, counts } = setUp({ maxInFlight: 1 });
  for (let i = 0; i < 30_001; i++) dispatcher.accept(NOON, 'x');
  t.is(destination.inFlight.length, 1);
  t.is(counts().pending, 30_001);
});

// Flush

test('flush with nothing to deliver resolves at once', async (t) => {
  const { destination, dispatcher } = setUp();
  t.true(await isDone(dispatcher.flush()));
  t.is(destination.sent.length, 0);
});

test('flush sends at once and resolves when everything is delivered', async (t) => {
  const { clock, destination, dispatcher } = setUp();
  dispatcher.accept(NOON, 'a');
  const flushed = dispatcher.flush();
  t.deepEqual(destination.takeSent(), ['a']);
  t.false(await isDone(flushed));
  await destination.answer(DELIVERED);
  t.true(await isDone(flushed));
  t.is(clock.timers, 0);
});

test('flush does not wait for records that are accepted later', async (t) => {
  const { destination, dispatcher } = setUp();
  dispatcher.accept(NOON, 'before');
  const first = dispatcher.flush();
  dispatcher.accept(NOON, 'after');
  const second = dispatcher.flush();
  t.deepEqual(destination.takeSent(), ['before', 'after']);
  await destination.answer(DELIVERED, 0);
  t.true(await isDone(first));
  t.false(await isDone(second));
  await destination.answer(DELIVERED, 0);
  t.true(await isDone(second));
});

test('flush waits for all earlier records, in whatever order they are delivered', async (t) => {
  const { destination, dispatcher } = setUp();
  dispatcher.accept(NOON, 'before');
  const first = dispatcher.flush();
  dispatcher.accept(NOON, 'after');
  const second = dispatcher.flush();
  await destination.answer(DELIVERED, 1);
  t.false(await isDone(first));
  t.false(await isDone(second), 'the second flush waits for the records of the first, too');
  await destination.answer(DELIVERED, 0);
  t.true(await isDone(first));
  t.true(await isDone(second));
});

test('flush waits through an outage', async (t) => {
  const { clock, destination, dispatcher } = setUp();
  dispatcher.accept(NOON, 'a');
  const flushed = dispatcher.flush();
  await destination.answer(UNAVAILABLE);
  t.false(await isDone(flushed));
  await clock.advance(50);
  await destination.answer(DELIVERED);
  t.true(await isDone(flushed));
});

test('flush waits for both halves of a batch', async (t) => {
  const { destination, dispatcher } = setUp();
  for (const text of ['a', 'b']) dispatcher.accept(NOON, text);
  const flushed = dispatcher.flush();
  await destination.answer(REFUSED);
  await destination.answer(DELIVERED);
  t.false(await isDone(flushed));
  await destination.answer(REFUSED);
  t.true(await isDone(flushed), 'a rejected event is settled');
});

test('flush reports the counts', async (t) => {
  const { destination, dispatcher, reports } = setUp();
  destination.reply = () => DELIVERED;
  dispatcher.accept(NOON, 'a');
  await dispatcher.flush();
  t.deepEqual(reports.at(-1), { kind: 'counts', counts: { ...NO_EVENTS, accepted: 1, delivered: 1 } });
});

// In flight

for (const maxInFlight of [1, 2, 4]) {
  test(`at most ${maxInFlight} batches are in flight`, async (t) => {
    const { destination, acceptSeparately } = setUp({ maxInFlight });
    acceptSeparately('a', 'b', 'c', 'd', 'e', 'f');
    const first = ['a', 'b', 'c', 'd', 'e', 'f'].slice(0, maxInFlight);
    t.deepEqual(destination.takeSent(), first);
    await destination.answer(DELIVERED);
    t.deepEqual(destination.takeSent(), [['a', 'b', 'c', 'd', 'e', 'f'][maxInFlight]]);
    await until(
      'the last answer',
      () => destination.inFlight.length === 0,
      () => destination.answer(DELIVERED),
    );
    t.is(destination.maxInFlight, maxInFlight);
  });
}

test('at most maxInFlight batches are in flight, however many destinations they go to', async (t) => {
  const destinations = new Map(['a', 'b', 'c', 'd'].map((name) => [name, new ScriptedDestination()]));
  const { destination: other, acceptSeparately } = setUp({
    maxInFlight: 2,
    route: (message) => destinations.get(String(message)) ?? other,
  });
  acceptSeparately(...destinations.keys());
  const inFlight = () =>
    [...destinations].filter(([, { inFlight }]) => inFlight.length > 0).map(([name]) => name);
  t.deepEqual(inFlight(), ['a', 'b']);
  await destinations.get('a')?.answer(DELIVERED);
  t.deepEqual(inFlight(), ['b', 'c']);
  await destinations.get('b')?.answer(UNAVAILABLE);
  t.deepEqual(inFlight(), ['c', 'd']);
});

// Failures

for (const [kind, pause] of [
  ['throttled', 500],
  ['unavailable', 50],
  ['missing', 50],
  ['denied', 50],
] as const) {
  test(`a batch that fails as ${kind} is sent again after a pause, and nothing is lost`, async (t) => {
    const { clock, destination, acceptSeparately, counts } = setUp();
    acceptSeparately('a');
    await destination.answer(failed(kind));
    t.deepEqual(counts(), { ...NO_EVENTS, accepted: 1, pending: 1 });
    await clock.advance(pause - 1);
    t.deepEqual(destination.takeSent(), ['a']);
    await clock.advance(1);
    t.deepEqual(destination.takeSent(), ['a']);
    await destination.answer(DELIVERED);
    t.deepEqual(counts(), { ...NO_EVENTS, accepted: 1, delivered: 1 });
    t.is(clock.timers, 0);
  });
}

test('a batch whose attempt throws is reported and sent again after a pause', async (t) => {
  const { clock, destination, dispatcher, counts, problems } = setUp();
  destination.reply = () => {
    throw new Error('broken on purpose');
  };
  dispatcher.accept(NOON, 'a');
  const flushed = dispatcher.flush();
  await settled();
  t.deepEqual(problems(), ['worker']);
  destination.reply = () => DELIVERED;
  await clock.advance(100);
  t.true(await isDone(flushed));
  t.is(counts().delivered, 1);
});

test('after a failure everything pauses, then one batch probes, then all are sent', async (t) => {
  const { clock, destination, acceptSeparately } = setUp({ maxInFlight: 3 });
  acceptSeparately('a', 'b', 'c', 'd', 'e');
  t.deepEqual(destination.takeSent(), ['a', 'b', 'c']);
  for (let i = 0; i < 3; i++) await destination.answer(UNAVAILABLE);
  await clock.advance(49);
  t.deepEqual(destination.takeSent(), [], 'half of 100 ms');
  await clock.advance(1);
  t.deepEqual(destination.takeSent(), ['a'], 'the probe');
  await clock.advance(60_000);
  t.deepEqual(destination.takeSent(), []);
  await destination.answer(DELIVERED);
  t.deepEqual(destination.takeSent(), ['b', 'c', 'd']);
});

test('simultaneous failures count as one; failures in a row double the pause', async (t) => {
  const { clock, destination, acceptSeparately } = setUp({ maxInFlight: 3 });
  acceptSeparately('a', 'b', 'c');
  for (let i = 0; i < 3; i++) await destination.answer(UNAVAILABLE);
  destination.takeSent();
  for (const pause of [50, 100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000]) {
    await clock.advance(pause - 1);
    t.deepEqual(destination.takeSent(), [], `before ${pause} ms`);
    await clock.advance(1);
    t.deepEqual(destination.takeSent(), ['a'], `after ${pause} ms`);
    await destination.answer(UNAVAILABLE);
  }
});

test('after a success the pauses start short again', async (t) => {
  const { clock, destination, acceptSeparately } = setUp({ maxInFlight: 1 });
  acceptSeparately('a', 'b');
  await destination.answer(UNAVAILABLE);
  await clock.advance(50);
  await destination.answer(UNAVAILABLE);
  await clock.advance(100);
  await destination.answer(DELIVERED);
  destination.takeSent();
  await destination.answer(UNAVAILABLE);
  await clock.advance(49);
  t.deepEqual(destination.takeSent(), []);
  await clock.advance(1);
  t.deepEqual(destination.takeSent(), ['b']);
});

test('after throttling each success undoes one failure', async (t) => {
  const { clock, destination, acceptSeparately } = setUp({ maxInFlight: 2 });
  acceptSeparately('a', 'b', 'c', 'd');
  await destination.answer(THROTTLED);
  await destination.answer(THROTTLED);
  destination.takeSent();
  for (const pause of [500, 1000]) {
    await clock.advance(pause);
    t.deepEqual(destination.takeSent(), ['a']);
    await destination.answer(THROTTLED);
  }
  await clock.advance(2000);
  await destination.answer(DELIVERED);
  t.deepEqual(destination.takeSent(), ['a', 'b'], 'still one at a time');
  await destination.answer(THROTTLED);
  await clock.advance(1999);
  t.deepEqual(destination.takeSent(), []);
  await clock.advance(1);
  t.deepEqual(destination.takeSent(), ['b']);
});

test('a delivery during a pause does not end it', async (t) => {
  const { clock, destination, acceptSeparately } = setUp({ maxInFlight: 2 });
  acceptSeparately('a', 'b', 'c');
  destination.takeSent();
  await destination.answer(UNAVAILABLE, 0);
  await destination.answer(DELIVERED, 0);
  await clock.advance(49);
  t.deepEqual(destination.takeSent(), []);
  await clock.advance(1);
  t.deepEqual(destination.takeSent(), ['a', 'c']);
});

test('batches that fill up during a pause wait for its end', async (t) => {
  const { clock, destination, dispatcher, acceptSeparately } = setUp({ random: () => 1 });
  acceptSeparately('a');
  await destination.answer(UNAVAILABLE);
  destination.takeSent();
  for (let i = 0; i < 20_001; i++) dispatcher.accept(NOON, 'x');
  acceptSeparately('b');
  await clock.advance(99);
  t.is(destination.sent.length, 0);
});

test('a batch that waits does not count as in flight', async (t) => {
  const { clock, destination, acceptSeparately } = setUp({ maxInFlight: 1 });
  acceptSeparately('a', 'b');
  await destination.answer(UNAVAILABLE);
  t.is(destination.inFlight.length, 0);
  await clock.advance(50);
  t.is(destination.inFlight.length, 1);
});

test('batches that fail in any order are sent again oldest first', async (t) => {
  const { clock, destination, acceptSeparately } = setUp({ maxInFlight: 3 });
  acceptSeparately('a', 'b', 'c', 'd');
  await destination.answer(UNAVAILABLE, 1);
  await destination.answer(UNAVAILABLE, 1);
  await destination.answer(UNAVAILABLE, 0);
  destination.takeSent();
  await clock.advance(50);
  await destination.answer(DELIVERED);
  t.deepEqual(destination.takeSent(), ['a', 'b', 'c', 'd']);
});

test('the first half of a batch stays ahead of the second when it fails', async (t) => {
  const { clock, destination, dispatcher } = setUp({ maxInFlight: 1 });
  for (const text of ['a', 'b', 'c', 'd']) dispatcher.accept(NOON, text);
  void dispatcher.flush();
  await destination.answer(REFUSED);
  t.deepEqual(destination.takeSent(), ['a b c d', 'a b']);
  await destination.answer(UNAVAILABLE);
  await clock.advance(50);
  t.deepEqual(destination.takeSent(), ['a b']);
});

for (const order of ['first', 'second'] as const) {
  test(`halves that both fail, the ${order} first, are sent again in order`, async (t) => {
    const { clock, destination, dispatcher } = setUp({ maxInFlight: 2 });
    for (const text of ['a', 'b', 'c', 'd']) dispatcher.accept(NOON, text);
    void dispatcher.flush();
    await destination.answer(REFUSED);
    t.deepEqual(destination.takeSent(), ['a b c d', 'a b', 'c d']);
    await destination.answer(UNAVAILABLE, order === 'first' ? 0 : 1);
    await destination.answer(UNAVAILABLE);
    await clock.advance(50);
    t.deepEqual(destination.takeSent(), ['a b']);
  });
}

test('the halves of a batch are sent before later batches', async (t) => {
  const { destination, dispatcher, acceptSeparately } = setUp({ maxInFlight: 1 });
  dispatcher.accept(NOON, 'a');
  acceptSeparately('b', 'c');
  t.deepEqual(destination.takeSent(), ['a b']);
  await destination.answer(REFUSED);
  await destination.answer(DELIVERED);
  await destination.answer(DELIVERED);
  t.deepEqual(destination.takeSent(), ['a', 'b', 'c']);
});

test('the third transient failure in a row is reported', async (t) => {
  for (const [kind, pause, code] of [
    ['throttled', 500, 'throttled'],
    ['unavailable', 50, 'unavailable'],
    ['timeout', 50, 'unavailable'],
    ['skewed', 50, 'denied'],
  ] as const) {
    const { clock, destination, acceptSeparately, problems } = setUp();
    acceptSeparately('a');
    await destination.answer(failed(kind));
    await clock.advance(pause);
    await destination.answer(failed(kind));
    await clock.advance(2 * pause);
    t.deepEqual(problems(), []);
    await destination.answer(failed(kind));
    t.deepEqual(problems(), [code]);
  }
});

for (const kind of ['denied', 'missing'] as const) {
  test(`${kind} is reported at once`, async (t) => {
    const { destination, acceptSeparately, problems } = setUp();
    acceptSeparately('a');
    await destination.answer(failed(kind));
    t.deepEqual(problems(), [kind]);
  });
}

// Rejected events

test('rejected events are counted by reason, and the others as delivered', async (t) => {
  const { destination, dispatcher, counts, problems, firstProblem } = setUp();
  for (let i = 0; i < 10; i++) dispatcher.accept(NOON, 'x');
  void dispatcher.flush();
  await destination.answer({ kind: 'delivered', rejected: { tooOld: 1, expired: 2, tooNew: 3 } });
  t.deepEqual(counts(), {
    ...NO_EVENTS,
    accepted: 10,
    delivered: 4,
    rejected: { tooOld: 1, expired: 2, tooNew: 3, invalid: 0 },
  });
  t.deepEqual(problems(), ['rejected-events']);
  t.regex(firstProblem(), /^CloudWatch Logs rejected 6 events/);
  t.is(destination.sent.length, 1, 'no event is sent again');
});

/** The timestamp and message of each event. */
function timestampsIn(batch: Batch | undefined): [number, string][] {
  const events = JSON.parse(`[${batch?.payload.toString()}]`) as { timestamp: number; message: string }[];
  return events.map(({ timestamp, message }) => [timestamp, message]);
}

test('only events that were rejected for a wrong host clock are sent again, with the right timestamps', async (t) => {
  const { destination, dispatcher, setServiceTime, counts, problems } = setUp({ isServiceTimeKnown: false });
  const HOUR = 3_600_000;
  dispatcher.accept(NOON, 'one');
  dispatcher.accept(NOON, 'own time', NOON - HOUR);
  dispatcher.accept(NOON + 1, 'two');
  const flushed = dispatcher.flush();
  t.is(destination.sent.length, 1);
  setServiceTime(NOON - 3 * HOUR);
  await destination.answer({ kind: 'delivered', rejected: { tooOld: 0, expired: 0, tooNew: 2 } });
  t.is(counts().delivered, 1);
  t.deepEqual(timestampsIn(destination.sent[1]), [
    [NOON - 3 * HOUR, 'one'],
    [NOON - 3 * HOUR + 1, 'two'],
  ]);
  t.false(await isDone(flushed));
  await destination.answer(DELIVERED);
  t.true(await isDone(flushed));
  t.deepEqual(counts(), { ...NO_EVENTS, accepted: 3, delivered: 3 });
  t.deepEqual(problems(), ['clock']);
});

test('an event that is rejected a second time is counted as rejected', async (t) => {
  const { destination, dispatcher, setServiceTime, counts } = setUp({ isServiceTimeKnown: false });
  dispatcher.accept(NOON, 'one');
  void dispatcher.flush();
  setServiceTime(NOON - 3 * 3_600_000);
  for (let i = 0; i < 2; i++)
    await destination.answer({ kind: 'delivered', rejected: { tooOld: 0, expired: 0, tooNew: 1 } });
  t.is(counts().rejected.tooNew, 1);
  t.is(destination.inFlight.length, 0);
  t.is(sumOf(counts()), 1);
});

test('events that wait get the time of the service before they are sent', async (t) => {
  const { clock, destination, dispatcher, setServiceTime, counts } = setUp({ isServiceTimeKnown: false });
  for (const text of ['a', 'b']) dispatcher.accept(NOON, text);
  void dispatcher.flush();
  dispatcher.accept(NOON, 'open');
  setServiceTime(NOON + 40 * DAY);
  await destination.answer(UNAVAILABLE);
  destination.reply = () => DELIVERED;
  await clock.advance(1000);
  t.deepEqual(
    destination.sent.slice(1).flatMap(timestampsIn),
    ['a', 'b', 'open'].map((text) => [NOON + 40 * DAY, text]),
  );
  t.deepEqual(counts(), { ...NO_EVENTS, accepted: 3, delivered: 3 });
});

test('if the clock is right a batch is sent unchanged', async (t) => {
  const { destination, dispatcher, setServiceTime } = setUp({ isServiceTimeKnown: false });
  dispatcher.accept(NOON, 'a');
  void dispatcher.flush();
  setServiceTime(NOON);
  await destination.answer(DELIVERED);
  dispatcher.accept(NOON, 'b');
  void dispatcher.flush();
  t.deepEqual(
    destination.sent.map(({ payload }) => payload.toString()),
    [`{"timestamp":${NOON} ,"message":"a"}`, `{"timestamp":${NOON},"message":"b"}`],
  );
});

// Refused batches

test('of a refused batch only the bad event is rejected', async (t) => {
  const { destination, dispatcher, counts, problems } = setUp();
  destination.reply = (batch) => (messages(batch).includes('bad') ? REFUSED : DELIVERED);
  for (const text of ['a', 'b', 'c', 'd', 'e', 'bad', 'g', 'h']) dispatcher.accept(NOON, text);
  await dispatcher.flush();
  t.deepEqual(counts(), {
    ...NO_EVENTS,
    accepted: 8,
    delivered: 7,
    rejected: { ...NO_EVENTS.rejected, invalid: 1 },
  });
  t.deepEqual(problems(), ['invalid-event']);
});

for (const [size, maxRequests] of [
  [1, 1],
  [2, 3],
  [8, 7],
  [1024, 21],
  [8192, 27],
] as const) {
  test(`finding one bad event of ${size} takes at most ${maxRequests} requests`, async (t) => {
    for (const bad of new Set([0, size >> 1, size - 1])) {
      const { destination, dispatcher, counts } = setUp();
      destination.reply = (batch) => (messages(batch).includes(`${bad}`) ? REFUSED : DELIVERED);
      for (let i = 0; i < size; i++) dispatcher.accept(NOON, `${i}`);
      await dispatcher.flush();
      t.true(destination.sent.length <= maxRequests, `${destination.sent.length} requests`);
      t.is(counts().rejected.invalid, 1);
      t.is(counts().delivered, size - 1);
    }
  });
}

test('exactly the bad events are rejected, once each, and the others are delivered once', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { minLength: 1, maxLength: 60 }), async (bad) => {
      const { clock, destination, dispatcher, counts } = setUp();
      const delivered: string[] = [];
      destination.reply = (batch) => {
        if (messages(batch).some((text) => bad[Number(text)])) return REFUSED;
        delivered.push(...messages(batch));
        return DELIVERED;
      };
      for (const i of bad.keys()) dispatcher.accept(NOON, `${i}`);
      void dispatcher.flush();
      // If the whole first batch is bad, a good one is needed to show that not everything is refused.
      dispatcher.accept(NOON, `${bad.push(false) - 1}`);
      const flushed = dispatcher.flush();
      await until(
        'the flush',
        () => isDone(flushed),
        () => clock.advance(1000),
      );
      const good = [...bad.keys()].filter((i) => !bad[i]).map(String);
      t.deepEqual(
        delivered.toSorted((a, b) => Number(a) - Number(b)),
        good,
      );
      t.is(counts().delivered, good.length);
      t.is(counts().rejected.invalid, bad.length - good.length);
    }),
    { numRuns: 50 },
  );
});

test('a refused batch causes no pause', async (t) => {
  const { clock, destination, acceptSeparately } = setUp({ maxInFlight: 1 });
  acceptSeparately('bad', 'good');
  await destination.answer(REFUSED);
  t.deepEqual(destination.takeSent(), ['bad', 'good']);
  t.is(clock.timers, 0);
});

test('a probe that is refused shows that the service is back', async (t) => {
  const { clock, destination, acceptSeparately } = setUp({ maxInFlight: 2 });
  acceptSeparately('bad', 'b', 'c');
  await destination.answer(UNAVAILABLE);
  await destination.answer(UNAVAILABLE);
  await clock.advance(50);
  destination.takeSent();
  await destination.answer(REFUSED);
  t.deepEqual(destination.takeSent(), ['b', 'c']);
});

test('dead letters get exactly the rejected events, with the right reason', async (t) => {
  const cases: readonly [RejectedEvents, string][] = [
    [{ tooOld: 3, expired: 0, tooNew: 0 }, 'tooOld 0 1 2'],
    [{ tooOld: 0, expired: 0, tooNew: 2 }, 'tooNew 8 9'],
    [{ tooOld: 2, expired: 0, tooNew: 1 }, 'tooOld 0 1, tooNew 9'],
    [{ tooOld: 0, expired: 4, tooNew: 0 }, 'expired 0 1 2 3'],
    [{ tooOld: 2, expired: 2, tooNew: 0 }, 'tooOld 0 1, expired 2 3'],
    [{ tooOld: 10, expired: 0, tooNew: 0 }, 'tooOld 0 1 2 3 4 5 6 7 8 9'],
    [{ tooOld: 0, expired: 0, tooNew: 0 }, ''],
  ];
  for (const [rejected, expected] of cases) {
    const letters: string[] = [];
    const { destination, dispatcher, counts } = setUp({
      deadLetters: {
        add(reason, { logGroupName }, events) {
          t.is(logGroupName, '/test/app');
          letters.push([reason, ...events.map((json) => JSON.parse(json).message)].join(' '));
        },
      },
    });
    destination.reply = () => ({ kind: 'delivered', rejected });
    for (let i = 0; i < 10; i++) dispatcher.accept(NOON + i, `${i}`);
    await dispatcher.flush();
    t.is(letters.join(', '), expected);
    t.deepEqual(counts().rejected, { ...rejected, invalid: 0 });
    t.is(sumOf(counts()), 10);
  }
});

// Memory. A message of 100 ASCII characters makes 140 bytes of JSON. It takes 2140 bytes in a batch of its own, and 142 as a further
// event of a batch.

const SINGLE_EVENT_BYTES = 2140;
const hundred = (text: string) => text.padEnd(100, '.');

test('beyond maxBufferBytes the oldest batch is dropped, counted and reported', async (t) => {
  const { clock, destination, acceptSeparately, counts, problems, firstProblem } = setUp({
    maxBufferBytes: 3 * SINGLE_EVENT_BYTES,
  });
  acceptSeparately(hundred('a'));
  await destination.answer(UNAVAILABLE);
  acceptSeparately(hundred('b'), hundred('c'));
  t.is(counts().dropped.bufferFull, 0, 'three fit');
  acceptSeparately(hundred('d'), hundred('e'));
  t.deepEqual(counts(), {
    ...NO_EVENTS,
    accepted: 5,
    dropped: { ...NO_EVENTS.dropped, bufferFull: 2 },
    pending: 3,
  });
  t.deepEqual(problems(), ['buffer-full']);
  t.regex(firstProblem(), /\(6420\).*: 1 event was dropped, the oldest of/);
  destination.takeSent();
  destination.reply = () => DELIVERED;
  await clock.advance(50);
  t.deepEqual(destination.takeSent(), ['c', 'd', 'e'].map(hundred));
});

test('a batch in flight is not dropped, and does not count', async (t) => {
  const { destination, acceptSeparately, counts } = setUp({
    maxInFlight: 2,
    maxBufferBytes: 2 * SINGLE_EVENT_BYTES,
  });
  acceptSeparately(hundred('a'), hundred('b'), hundred('c'), hundred('d'));
  t.is(counts().dropped.bufferFull, 0);
  acceptSeparately(hundred('e'));
  t.is(counts().dropped.bufferFull, 1);
  destination.takeSent();
  await destination.answer(DELIVERED);
  await destination.answer(DELIVERED);
  t.deepEqual(destination.takeSent(), ['d', 'e'].map(hundred));
});

test('an open batch counts, and is dropped when it is the oldest', async (t) => {
  const { destination, dispatcher, acceptSeparately, counts } = setUp({ maxBufferBytes: 2650 });
  acceptSeparately('a');
  await destination.answer(UNAVAILABLE);
  for (const text of ['b', 'c', 'd']) dispatcher.accept(NOON, hundred(text));
  t.is(counts().dropped.bufferFull, 1, "only 'a'");
  dispatcher.accept(NOON, hundred('e'));
  t.is(counts().dropped.bufferFull, 1, 'there is room for one more');
  dispatcher.accept(NOON, hundred('f'));
  t.is(counts().dropped.bufferFull, 6, 'the open batch is dropped with all its events');
  t.is(counts().pending, 0);
});

test('flush resolves when the events that it waits for are dropped', async (t) => {
  const { destination, dispatcher, acceptSeparately } = setUp({ maxBufferBytes: SINGLE_EVENT_BYTES });
  dispatcher.accept(NOON, hundred('a'));
  const flushed = dispatcher.flush();
  await destination.answer(UNAVAILABLE);
  t.false(await isDone(flushed));
  acceptSeparately(hundred('b'));
  t.true(await isDone(flushed));
});

test('batches that fail do not wait beyond maxBufferBytes', async (t) => {
  const { destination, acceptSeparately, counts } = setUp({
    maxInFlight: 3,
    maxBufferBytes: 3 * SINGLE_EVENT_BYTES,
  });
  acceptSeparately(...['a', 'b', 'c', 'd', 'e', 'f'].map(hundred));
  for (let i = 0; i < 3; i++) await destination.answer(UNAVAILABLE);
  t.is(destination.inFlight.length, 0);
  t.true(counts().pending <= 3, `${counts().pending} events wait`);
});

test('multi-byte characters count in bytes towards maxBufferBytes', async (t) => {
  const { destination, dispatcher, acceptSeparately, counts } = setUp({
    maxBufferBytes: 7000,
    random: () => 1,
  });
  acceptSeparately('a');
  await destination.answer(UNAVAILABLE);
  // Three batches of 240 characters, which are 640 bytes of JSON each.
  for (const day of [0, 1, 2]) dispatcher.accept(NOON - day * DAY, '€'.repeat(200));
  void dispatcher.flush();
  t.true(counts().pending <= 2, `${counts().pending} events wait`);
});

// Outages

test('during an outage batches stay open and fill up', async (t) => {
  const { clock, destination, dispatcher, acceptSeparately } = setUp({ random: () => 1 });
  acceptSeparately('a');
  for (let failures = 1; failures <= 8; failures++) {
    await destination.answer(UNAVAILABLE);
    await clock.advance(20_000);
  }
  await destination.answer(UNAVAILABLE);
  for (let second = 0; second < 19; second++) {
    dispatcher.accept(NOON, `${second}`);
    await clock.advance(1000);
  }
  destination.takeSent();
  destination.reply = () => DELIVERED;
  await clock.advance(1000);
  t.deepEqual(destination.takeSent(), [
    'a',
    Array.from({ length: 19 }, (_, second) => `${second}`).join(' '),
  ]);
});

test('a due batch is sent as soon as another may be in flight', async (t) => {
  const { clock, destination, dispatcher, acceptSeparately } = setUp({ maxInFlight: 1 });
  acceptSeparately('a');
  dispatcher.accept(NOON, 'b');
  await clock.advance(5000);
  t.deepEqual(destination.takeSent(), ['a']);
  await destination.answer(DELIVERED);
  t.deepEqual(destination.takeSent(), ['b']);
});

test('drain delivers, or gives up at its deadline, and the dispatcher goes on', async (t) => {
  const { clock, destination, dispatcher, shutdown, counts, problems } = setUp();
  dispatcher.accept(NOON, 'a');
  const first = shutdown.drain(8000);
  t.is(clock.keepingAlive, 1);
  await destination.answer(DELIVERED);
  t.true(await isDone(first));
  dispatcher.accept(NOON, 'b');
  const second = shutdown.drain(8000);
  await clock.advance(8000);
  t.true(await isDone(second));
  t.deepEqual(problems(), ['not-delivered']);
  destination.reply = () => DELIVERED;
  dispatcher.accept(NOON, 'c');
  await dispatcher.flush();
  t.is(counts().delivered, 2);
  t.is(counts().dropped.closed, 1);
  t.is(clock.timers, 0);
});

test('drain waits for records that are accepted meanwhile', async (t) => {
  const { destination, dispatcher, shutdown } = setUp();
  dispatcher.accept(NOON, 'a');
  const drained = shutdown.drain(8000);
  dispatcher.accept(NOON, 'b');
  await destination.answer(DELIVERED);
  t.false(await isDone(drained));
  t.deepEqual(destination.takeSent(), ['a', 'b']);
  await destination.answer(DELIVERED);
  t.true(await isDone(drained));
});

test('after drain has given up pauses are as long as before, also for batches on disk', async (t) => {
  const { clock, destination, shutdown, acceptSeparately } = setUp({ store: new ScriptedStore() });
  acceptSeparately('a');
  for (const pause of [50, 100, 200, 400, 800, 1600]) {
    await destination.answer(UNAVAILABLE);
    await clock.advance(pause);
  }
  const drained = shutdown.drain(1000);
  await clock.advance(1000);
  t.true(await isDone(drained));
  t.is(destination.inFlight.length, 1, 'the batch on disk is still sent');
  destination.takeSent();
  await destination.answer(UNAVAILABLE);
  await clock.advance(3199);
  t.deepEqual(destination.takeSent(), []);
  await clock.advance(1);
  t.deepEqual(destination.takeSent(), ['a']);
});

test('after its deadline drain no longer shortens pauses', async (t) => {
  const { clock, destination, dispatcher, shutdown } = setUp({ store: new ScriptedStore() });
  dispatcher.accept(NOON, 'a');
  const drained = shutdown.drain(1000);
  await clock.advance(999);
  await destination.answer(UNAVAILABLE);
  destination.takeSent();
  await clock.advance(1);
  t.true(await isDone(drained));
  t.deepEqual(destination.takeSent(), [], 'the pause goes on');
});

// Close

test('a batch that is dropped while close waits for the disk is counted once', async (t) => {
  const store = new ScriptedStore();
  const { clock, shutdown, counts, acceptSeparately, problems } = setUp({ store });
  acceptSeparately('a', 'b', 'c', 'd', 'e', 'f');
  const closed = shutdown.close(8000);
  await clock.advance(8000);
  t.false(await isDone(closed));
  store.fill();
  t.is(counts().dropped.spoolFull, 1);
  store.write(true);
  t.true(await isDone(closed));
  t.deepEqual(counts(), {
    ...NO_EVENTS,
    accepted: 6,
    dropped: { ...NO_EVENTS.dropped, spoolFull: 1 },
    spooled: 5,
  });
  t.deepEqual(problems(), ['spool-full']);
});

test('what is abandoned while close waits for the disk is counted and reported', async (t) => {
  const store = new ScriptedStore();
  const { clock, shutdown, counts, acceptSeparately, problems, firstProblem } = setUp({ store });
  acceptSeparately('a', 'b');
  const closed = shutdown.close(8000);
  await clock.advance(8000);
  t.is(counts().pending, 2);
  shutdown.abandon();
  const lost = { ...NO_EVENTS, accepted: 2, dropped: { ...NO_EVENTS.dropped, closed: 2 } };
  t.deepEqual(counts(), lost);
  t.deepEqual(problems(), ['not-delivered']);
  t.regex(firstProblem(), /^2 events were not delivered before the process ended/);
  store.write(true);
  t.true(await isDone(closed));
  t.deepEqual(counts(), lost);
});

test('a flush while close waits for the disk resolves with it', async (t) => {
  const store = new ScriptedStore();
  const { clock, dispatcher, shutdown } = setUp({ store });
  dispatcher.accept(NOON, 'a');
  const closed = shutdown.close(8000);
  await clock.advance(8000);
  const flushed = dispatcher.flush();
  t.false(await isDone(flushed));
  store.write(true);
  t.true(await isDone(closed));
  t.true(await isDone(flushed));
});

test('a batch that another process has taken over counts as left in the spool', async (t) => {
  const { clock, destination, dispatcher, counts, problems } = setUp();
  const stored: StoredBatch = {
    ...new ScriptedStore().create(),
    read: () => Promise.resolve({ kind: 'taken over' }),
  };
  const outline = { size: 3, firstTimestamp: NOON, lastTimestamp: NOON };
  dispatcher.recover(Promise.resolve([{ destination, stored, outline }]), true);
  await clock.advance(2000);
  t.deepEqual(destination.takeSent(), []);
  t.deepEqual(counts(), { ...NO_EVENTS, accepted: 3, spooled: 3 });
  t.deepEqual(problems(), []);
  // Nothing is in flight any more: others are sent.
  dispatcher.accept(NOON, 'next');
  await clock.advance(1000);
  t.deepEqual(destination.takeSent(), ['next']);
});

test('the search for what earlier processes left holds nothing back once half of the memory is used', async (t) => {
  const { destination, dispatcher, counts } = setUp({ maxBufferBytes: 4 * 1024 * 1024 });
  dispatcher.recover(new Promise(() => undefined), true);
  for (let i = 0; i < 10; i++) dispatcher.accept(NOON, 'x'.repeat(100_000));
  await settled();
  t.is(destination.sent.length, 0);
  for (let i = 0; i < 15; i++) dispatcher.accept(NOON, 'x'.repeat(100_000));
  await settled();
  t.true(destination.sent.length > 0);
  t.is(counts().dropped.bufferFull, 0);
});

test('a flush waits for what is found in the head start', async (t) => {
  const { clock, destination, dispatcher } = setUp();
  const batch = Batch.of([JSON.stringify({ timestamp: NOON, message: 'found' })]);
  const stored: StoredBatch = {
    ...new ScriptedStore().create(),
    read: async () => ({ kind: 'read', batch }),
  };
  const outline = { size: 1, firstTimestamp: NOON, lastTimestamp: NOON };
  let found: () => void = () => undefined;
  const search = new Promise<void>((resolve) => {
    found = resolve;
  });
  dispatcher.recover(
    search.then(() => [{ destination, stored, outline }]),
    true,
  );
  const flushed = dispatcher.flush();
  await clock.advance(1999);
  t.false(await isDone(flushed));
  found();
  t.false(await isDone(flushed));
  t.deepEqual(destination.takeSent(), ['found']);
  await destination.answer(DELIVERED);
  t.true(await isDone(flushed));
});

test('a flush does not wait for a search that takes longer than the head start', async (t) => {
  const { clock, dispatcher } = setUp();
  dispatcher.recover(new Promise(() => undefined), true);
  const flushed = dispatcher.flush();
  await clock.advance(2000);
  t.true(await isDone(flushed));
});

test('after a timeout a batch is sent in halves, one after the other', async (t) => {
  const { clock, destination, dispatcher, counts } = setUp({ maxInFlight: 2 });
  const text = (name: string) => name.padEnd(50_000, '.');
  for (const name of ['a', 'b', 'c', 'd']) dispatcher.accept(NOON, text(name));
  void dispatcher.flush();
  t.is(destination.sent.length, 1);
  const [whole] = destination.takeSent();
  await destination.answer(failed('timeout'));
  await clock.advance(20_000);
  t.is(`${destination.takeSent().join(' ')} ${text('c')} ${text('d')}`, whole ?? '', 'the earlier half');
  t.is(destination.inFlight.length, 1);
  await destination.answer(DELIVERED);
  t.deepEqual(destination.takeSent(), [`${text('c')} ${text('d')}`]);
  await destination.answer(DELIVERED);
  t.deepEqual(counts(), { ...NO_EVENTS, accepted: 4, delivered: 4 });
});

test('a batch that cannot be read now is read again after a pause', async (t) => {
  const { clock, destination, dispatcher, problems } = setUp();
  let reads = 0;
  const batch = Batch.of([JSON.stringify({ timestamp: NOON, message: 'found' })]);
  const stored: StoredBatch = {
    ...new ScriptedStore().create(),
    read: async () =>
      reads++ === 0 ? { kind: 'busy', error: new Error('EMFILE') } : { kind: 'read', batch },
  };
  const outline = { size: 1, firstTimestamp: NOON, lastTimestamp: NOON };
  dispatcher.recover(Promise.resolve([{ destination, stored, outline }]), true);
  for (let i = 0; i < 10; i++) await settled();
  t.is(reads, 1);
  t.deepEqual(problems(), ['spool']);
  await clock.advance(20_000);
  t.is(reads, 2);
  t.deepEqual(destination.takeSent(), ['found']);
});

test('the halves of a batch that was read from disk are sent at once', async (t) => {
  const { clock, destination, dispatcher } = setUp({ maxInFlight: 1 });
  const big = (name: string) =>
    Batch.of(
      [0, 1].map((i) => JSON.stringify({ timestamp: NOON, message: `${name}${i}`.padEnd(50_000, '.') })),
    );
  const recovered = ['a', 'b'].map((name) => ({
    destination,
    stored: {
      ...new ScriptedStore().create(),
      read: () => Promise.resolve({ kind: 'read', batch: big(name) } as const),
    },
    outline: { size: 2, firstTimestamp: NOON, lastTimestamp: NOON },
  }));
  dispatcher.recover(Promise.resolve(recovered), true);
  await settled();
  await destination.answer(failed('timeout'));
  await clock.advance(20_000);
  destination.takeSent();
  for (const next of ['a1', 'b0', 'b1']) {
    await clock.advance(5000); // no quick delivery, which would allow larger requests again
    await destination.answer(DELIVERED);
    t.deepEqual(
      destination.takeSent().map((text) => text.slice(0, 2)),
      [next],
    );
  }
});

test('a batch that is read from disk after the close stays there', async (t) => {
  const store = new ScriptedStore();
  const { clock, destination, dispatcher, shutdown, counts } = setUp({ store });
  const outline = { size: 1, firstTimestamp: NOON, lastTimestamp: NOON };
  dispatcher.recover(Promise.resolve([{ destination, stored: store.create(), outline }]), true);
  await settled();
  const closed = shutdown.close(8000);
  await clock.advance(8000);
  store.write(true);
  t.true(await isDone(closed));
  store.read(Batch.of([JSON.stringify({ timestamp: NOON, message: 'found' })]));
  await settled();
  t.deepEqual(destination.takeSent(), []);
  t.deepEqual(counts(), { ...NO_EVENTS, accepted: 1, spooled: 1 });
});

test('close delivers everything and resolves', async (t) => {
  const { clock, destination, dispatcher, shutdown, counts, reports } = setUp();
  destination.reply = () => DELIVERED;
  for (let i = 0; i < 10_001; i++) dispatcher.accept(NOON, 'x');
  t.true(await isDone(shutdown.close(8000)));
  t.deepEqual(counts(), { ...NO_EVENTS, accepted: 10_001, delivered: 10_001 });
  t.deepEqual(reports.at(-1), { kind: 'counts', counts: counts() });
  t.is(clock.timers, 0);
});

test('close with nothing to deliver resolves at once', async (t) => {
  const { clock, shutdown, problems } = setUp();
  t.true(await isDone(shutdown.close(8000)));
  t.deepEqual(problems(), []);
  t.is(clock.timers, 0);
});

test('only the deadline of close keeps the process alive', async (t) => {
  const { clock, destination, dispatcher, shutdown } = setUp();
  dispatcher.accept(NOON, 'a');
  t.is(clock.keepingAlive, 0);
  void dispatcher.flush();
  await destination.answer(UNAVAILABLE);
  t.is(clock.timers, 2, 'the pause and the report of the counts');
  t.is(clock.keepingAlive, 0);
  void shutdown.close(8000);
  t.is(clock.keepingAlive, 1);
});

test('at its deadline close drops and counts what is in flight, waiting or open', async (t) => {
  const { clock, destination, dispatcher, shutdown, acceptSeparately, counts, problems, reports } = setUp({
    maxInFlight: 2,
  });
  acceptSeparately('a', 'b', 'c');
  const closed = shutdown.close(8000);
  dispatcher.accept(NOON, 'd');
  await clock.advance(7999);
  t.false(await isDone(closed));
  t.is(counts().pending, 4);
  await clock.advance(1);
  t.true(await isDone(closed));
  t.deepEqual(counts(), {
    ...NO_EVENTS,
    accepted: 4,
    dropped: { ...NO_EVENTS.dropped, closed: 4 },
  });
  t.deepEqual(problems(), ['not-delivered']);
  t.deepEqual(reports.at(-1), { kind: 'counts', counts: counts() });
  t.is(clock.timers, 0);
  t.is(destination.sent.length, 2, 'no further batch is sent');
});

for (const outcome of [DELIVERED, UNAVAILABLE, REFUSED]) {
  test(`the outcome ${outcome.kind} after the deadline changes nothing`, async (t) => {
    const { clock, destination, dispatcher, shutdown, counts } = setUp();
    for (const text of ['a', 'b']) dispatcher.accept(NOON, text);
    void shutdown.close(8000);
    await clock.advance(8000);
    const before = counts();
    await destination.answer(outcome);
    t.deepEqual(counts(), before);
    t.is(clock.timers, 0);
    t.is(destination.sent.length, 1);
  });
}

test('a batch that is delivered before the deadline of close counts as delivered', async (t) => {
  const { clock, destination, shutdown, acceptSeparately, counts } = setUp({ maxInFlight: 2 });
  acceptSeparately('a', 'b', 'c');
  void shutdown.close(8000);
  await destination.answer(DELIVERED);
  await clock.advance(8000);
  t.deepEqual(counts(), {
    ...NO_EVENTS,
    accepted: 3,
    delivered: 1,
    dropped: { ...NO_EVENTS.dropped, closed: 2 },
  });
});

test('close delivers records that are accepted meanwhile, but does not wait for endless logging', async (t) => {
  const { destination, dispatcher, shutdown, counts, problems } = setUp();
  destination.reply = () => {
    dispatcher.accept(NOON, 'more');
    return DELIVERED;
  };
  dispatcher.accept(NOON, 'a');
  t.true(await isDone(shutdown.close(8000)));
  const { accepted, delivered, dropped, pending } = counts();
  t.true(delivered > 1 && dropped.closed > 0, `${delivered} ${dropped.closed}`);
  t.is(pending, 0);
  t.is(accepted, delivered + dropped.closed);
  t.deepEqual(problems(), ['logged-after-close'], 'every accepted record is delivered');
});

test('drain does not wait for endless logging, and loses nothing', async (t) => {
  const { destination, dispatcher, shutdown, counts, reports } = setUp();
  destination.reply = () => {
    dispatcher.accept(NOON, 'more');
    return DELIVERED;
  };
  dispatcher.accept(NOON, 'a');
  t.true(await isDone(shutdown.drain(8000)));
  t.true(counts().delivered > 1);
  t.is(counts().pending, 1);
  t.deepEqual(counts().dropped, NO_EVENTS.dropped);
  t.is(reports.length, 1);
});

test('drain without new events reports nothing', async (t) => {
  const { destination, dispatcher, shutdown, reports } = setUp();
  destination.reply = () => DELIVERED;
  dispatcher.accept(NOON, 'a');
  await shutdown.drain(8000);
  t.is(reports.length, 1);
  await shutdown.drain(8000);
  await dispatcher.flush();
  t.is(reports.length, 1);
});

test('abandon counts and reports what is in flight, waiting or open, and accepts nothing more', async (t) => {
  const {
    clock,
    destination,
    dispatcher,
    shutdown,
    acceptSeparately,
    counts,
    problems,
    firstProblem,
    reports,
  } = setUp({
    maxInFlight: 1,
  });
  acceptSeparately('a', 'b');
  dispatcher.accept(NOON, 'c');
  shutdown.abandon();
  t.is(counts().dropped.closed, 3);
  t.is(counts().pending, 0);
  t.deepEqual(problems(), ['not-delivered']);
  t.regex(firstProblem(), /^3 events were not delivered before the process ended/);
  t.deepEqual(reports.at(-1), { kind: 'counts', counts: counts() });
  t.is(clock.timers, 0);
  dispatcher.accept(NOON, 'd');
  t.is(counts().dropped.closed, 4);
  shutdown.abandon();
  await destination.answer(DELIVERED);
  t.is(counts().delivered, 0);
  t.is(destination.sent.length, 1);
});

test('a record that is accepted after close is counted as dropped and never sent', async (t) => {
  const { clock, destination, dispatcher, shutdown, counts } = setUp();
  await shutdown.close(8000);
  dispatcher.accept(NOON, 'late');
  dispatcher.accept(NOON, 'x'.repeat(1_048_551));
  dispatcher.accept(NOON, '');
  await clock.advance(10_000);
  t.deepEqual(counts(), {
    ...NO_EVENTS,
    accepted: 4,
    dropped: { ...NO_EVENTS.dropped, empty: 1, closed: 3 },
  });
  t.is(destination.sent.length, 0);
  t.is(clock.timers, 0);
  t.true(await isDone(dispatcher.flush()));
});

test('close does not wait for a pause to end', async (t) => {
  const { clock, destination, shutdown, acceptSeparately } = setUp();
  acceptSeparately('a');
  for (const pause of [50, 100, 200, 400, 800, 1600, 3200]) {
    await destination.answer(UNAVAILABLE);
    await clock.advance(pause);
  }
  await destination.answer(UNAVAILABLE);
  destination.takeSent();
  destination.reply = () => DELIVERED;
  const closed = shutdown.close(8000);
  t.true(await isDone(closed));
  t.deepEqual(destination.takeSent(), ['a']);
  t.is(clock.timers, 0);
});

test('during close no pause is longer than half a second', async (t) => {
  const { clock, destination, shutdown, acceptSeparately } = setUp();
  acceptSeparately('a');
  for (const pause of [50, 100, 200, 400, 800, 1600, 3200, 6400]) {
    await destination.answer(UNAVAILABLE);
    await clock.advance(pause);
  }
  destination.takeSent();
  void shutdown.close(8000);
  for (let i = 0; i < 5; i++) {
    await destination.answer(UNAVAILABLE);
    await clock.advance(499);
    t.deepEqual(destination.takeSent(), []);
    await clock.advance(1);
    t.deepEqual(destination.takeSent(), ['a']);
  }
});

test('a pause that the deadline of close ends leaves no timer', async (t) => {
  const { clock, destination, shutdown, acceptSeparately } = setUp();
  acceptSeparately('a');
  void shutdown.close(8000);
  await clock.advance(7999);
  await destination.answer(UNAVAILABLE);
  t.is(clock.timers, 3, 'the pause, the deadline and the report of the counts');
  await clock.advance(1);
  t.is(clock.timers, 0);
});

test('close with a deadline of 0 ms sends once', async (t) => {
  const { clock, destination, dispatcher, shutdown, counts } = setUp();
  dispatcher.accept(NOON, 'a');
  const closed = shutdown.close(0);
  t.deepEqual(destination.takeSent(), ['a']);
  await clock.advance(0);
  t.true(await isDone(closed));
  t.is(counts().dropped.closed, 1);
});

test('flush resolves when close gives up', async (t) => {
  const { clock, dispatcher, shutdown } = setUp();
  dispatcher.accept(NOON, 'a');
  const flushed = dispatcher.flush();
  void shutdown.close(8000);
  await clock.advance(8000);
  t.true(await isDone(flushed));
});

// Idle

test('when everything is delivered no timer is left', async (t) => {
  const { clock, destination, dispatcher } = setUp();
  destination.reply = () => (destination.sent.length % 3 === 0 ? UNAVAILABLE : DELIVERED);
  t.is(clock.timers, 0);
  for (let i = 0; i < 50; i++) {
    dispatcher.accept(NOON - (i % 3) * DAY, `${i}`);
    await clock.advance(100);
  }
  await clock.advance(5000);
  t.is(clock.timers, 0);
  await dispatcher.flush();
  t.is(clock.timers, 0);
});

// Random sequences

type Step =
  | { readonly do: 'accept'; readonly day: number; readonly count: number; readonly size: number }
  | { readonly do: 'flush' }
  | { readonly do: 'advance'; readonly ms: number }
  | {
      readonly do: 'answer';
      readonly which: number;
      readonly kind: Outcome['kind'];
      readonly rejected: number;
    };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('accept' as const),
      day: fc.integer({ min: 0, max: 2 }),
      count: fc.integer({ min: 1, max: 5 }),
      size: fc.constantFrom(0, 1, 50, 400),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ do: 'flush' as const }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('advance' as const), ms: fc.constantFrom(1, 60, 1000, 20_000) }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('answer' as const),
      which: fc.nat({ max: 5 }),
      kind: fc.constantFrom<Outcome['kind']>(
        'delivered',
        'delivered',
        'throttled',
        'unavailable',
        'timeout',
        'denied',
        'skewed',
        'refused',
      ),
      rejected: fc.nat({ max: 2 }),
    }),
  },
);

const settings = fc.record({
  maxInFlight: fc.integer({ min: 1, max: 4 }),
  maxBufferBytes: fc.constantFrom(2450, 5000, 10_000_000),
  random: fc.constantFrom(0, 0.5, 0.999).map((value) => () => value),
});

/** The messages that arrived more than once. Loss notices do not count, since two of them may be equal. */
const duplicates = (arrived: readonly string[]) =>
  arrived.filter((text, i) => arrived.indexOf(text) < i && !text.includes('missingEvents'));

/** Runs a script and checks the invariants after each step. */
async function run(
  t: ExecutionContext,
  given: Required<
    Omit<Settings, 'flushIntervalMs' | 'deadLetters' | 'route' | 'store' | 'isServiceTimeKnown'>
  >,
  script: readonly Step[],
) {
  const context = setUp(given);
  const { clock, destination, dispatcher, counts, reports } = context;
  const arrived: string[] = [];
  /** Records that were accepted and are not known to be settled. */
  const outstanding = new Set<string>();
  let accepted = 0;
  const check = (where: string) => {
    const now = counts();
    // Loss notices are accepted as well.
    t.true(now.accepted >= accepted, where);
    t.is(sumOf(now), now.accepted, where);
    if (now.dropped.bufferFull === 0) t.is(now.pending, outstanding.size, where);
    for (const report of reports.splice(0)) t.is(sumOf(report.counts), report.counts.accepted, report.kind);
    t.true(now.pending >= 0, where);
    t.true(destination.inFlight.length <= given.maxInFlight, where);
    const inFlight = destination.inFlight.reduce((all, { batch }) => all + batch.size, 0);
    t.true(now.pending >= inFlight, where);
  };
  for (const [i, one] of script.entries()) {
    switch (one.do) {
      case 'accept':
        for (let n = 0; n < one.count; n++) {
          const text = one.size === 0 ? '' : `${accepted} `.padEnd(one.size, '.');
          if (text !== '') outstanding.add(text);
          dispatcher.accept(NOON - one.day * DAY, text);
          accepted++;
        }
        break;
      case 'flush':
        void dispatcher.flush();
        break;
      case 'advance':
        await clock.advance(one.ms);
        break;
      case 'answer': {
        const attempt = destination.inFlight[one.which];
        if (attempt === undefined) break;
        const tooOld = Math.min(one.rejected, attempt.batch.size);
        const texts = messages(attempt.batch);
        const { invalid } = counts().rejected;
        if (one.kind === 'delivered') arrived.push(...texts);
        const delivered: Outcome = { kind: 'delivered', rejected: { tooOld, expired: 0, tooNew: 0 } };
        await destination.answer(one.kind === 'delivered' ? delivered : failed(one.kind), one.which);
        const isSettled = one.kind === 'delivered' || counts().rejected.invalid > invalid;
        if (isSettled) for (const text of texts) outstanding.delete(text);
      }
    }
    await settled();
    check(`after step ${i}, ${one.do}`);
  }
  return { ...context, arrived };
}

test('in any sequence each event is delivered, rejected, dropped or pending, and none is pending after close', async (t) => {
  await fc.assert(
    fc.asyncProperty(settings, fc.array(step, { maxLength: 40 }), async (given, script) => {
      const { clock, shutdown, counts, arrived } = await run(t, given, script);
      t.deepEqual(duplicates(arrived), []);
      const closed = shutdown.close(8000);
      await clock.advance(8000);
      t.true(await isDone(closed));
      t.is(sumOf(counts()), counts().accepted);
      t.is(counts().pending, 0);
      t.is(clock.timers, 0);
    }),
    { numRuns: 300 },
  );
});

test('after any sequence everything that waits is delivered once the service is back', async (t) => {
  await fc.assert(
    fc.asyncProperty(settings, fc.array(step, { maxLength: 40 }), async (given, script) => {
      const { clock, destination, dispatcher, counts, arrived } = await run(t, given, script);
      const { pending, accepted, dropped } = counts();
      const before = counts().delivered + counts().rejected.tooOld;
      destination.reply = (batch) => {
        arrived.push(...messages(batch));
        return DELIVERED;
      };
      await destination.deliverAll((batch) => arrived.push(...messages(batch)));
      const flushed = dispatcher.flush();
      await clock.advance(20_000);
      t.true(await isDone(flushed));
      t.is(counts().pending, 0);
      const notices = counts().accepted - accepted;
      // A sealed batch takes a little more memory than an open one, so that sealing may drop some.
      const lost = counts().dropped.bufferFull - dropped.bufferFull;
      t.is(counts().delivered + counts().rejected.tooOld, before + pending + notices - lost);
      t.is(arrived.length, before + pending + notices - lost);
      t.deepEqual(duplicates(arrived), []);
      t.is(clock.timers, 0);
    }),
    { numRuns: 300 },
  );
});

test('in any sequence no more than maxBufferBytes wait', async (t) => {
  const sized = step.map((one) => (one.do === 'accept' ? { ...one, size: 100 } : one));
  await fc.assert(
    fc.asyncProperty(settings, fc.array(sized, { maxLength: 30 }), async (given, script) => {
      for (let length = 1; length <= script.length; length++) {
        const { destination, counts } = await run(t, given, script.slice(0, length));
        const inFlight = destination.inFlight.reduce((all, { batch }) => all + batch.size, 0);
        // A loss notice may exceed the limit.
        t.true((counts().pending - inFlight) * 142 <= given.maxBufferBytes + 2250);
      }
    }),
    { numRuns: 40 },
  );
});

test('loss notices report every dropped event once, also those whose notice was dropped', async (t) => {
  const steps = fc.array(fc.constantFrom('accept', 'accept many', 'deliver', 'fail'), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(steps, async (script) => {
      const { clock, destination, acceptSeparately, counts } = setUp({
        maxInFlight: 2,
        maxBufferBytes: 3 * SINGLE_EVENT_BYTES,
      });
      const reported: number[] = [];
      const read = (batch: Batch) => {
        for (const text of messages(batch).filter((text) => text.includes('missingEvents')))
          reported.push(JSON.parse(text).missingEvents);
      };
      for (const one of script) {
        const [attempt] = destination.inFlight;
        if (one === 'accept') acceptSeparately(hundred('a'));
        else if (one === 'accept many') acceptSeparately(...Array(6).fill(hundred('b')));
        else if (attempt !== undefined && one === 'deliver') {
          read(attempt.batch);
          await destination.answer(DELIVERED);
        } else if (attempt !== undefined) await destination.answer(UNAVAILABLE);
        await clock.advance(700);
      }
      destination.reply = (batch) => {
        read(batch);
        return DELIVERED;
      };
      await destination.deliverAll(read);
      // The notice of the last gap is sent with the next batch.
      for (let i = 0; i < 3; i++) {
        acceptSeparately(hundred('c'));
        await clock.advance(20_000);
      }
      const { bufferFull } = counts().dropped;
      t.is(
        reported.reduce((all, events) => all + events, 0),
        bufferFull,
      );
      t.is(counts().delivered, counts().accepted - bufferFull);
    }),
    { numRuns: 300 },
  );
});
