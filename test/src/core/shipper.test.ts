import type { Counts, Report } from '@awslogs/core';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { Batch } from '../../../packages/core/dist/batch/batch.js';
import { MAX_OPEN } from '../../../packages/core/dist/batch/open-batches.js';
import type { FailedOutcome, Outcome, RejectedEvents } from '../../../packages/core/dist/delivery/outcome.js';
import { EventTimes } from '../../../packages/core/dist/event-times.js';
import { type DeadLetters, Ledger } from '../../../packages/core/dist/ledger.js';
import type { BatchSender, StoredBatch } from '../../../packages/core/dist/parcel.js';
import { Reporter } from '../../../packages/core/dist/report.js';
import { ServiceClock } from '../../../packages/core/dist/service-clock.js';
import { Shipper, type ShipperParts } from '../../../packages/core/dist/shipper.js';
import { ManualClock, settled } from '../manual-clock.js';

const DAY = 86_400_000;
const NOON = Date.UTC(2026, 10, 24, 12);

const DELIVERED: Outcome = { kind: 'delivered', rejected: { tooOld: 0, expired: 0, tooNew: 0 } };
const failed = (kind: FailedOutcome['kind']): Outcome => ({
  kind,
  failure: { name: 'Because', message: 'said so' },
});
const THROTTLED = failed('throttled');
const UNAVAILABLE = failed('unavailable');
const POISON = failed('poison');

function messages(batch: Batch): string[] {
  const events = JSON.parse(`[${batch.payload.toString()}]`) as { message: string }[];
  return events.map(({ message }) => message);
}

interface Call {
  readonly batch: Batch;
  readonly answer: (outcome: Outcome) => void;
}

/** The network, as the test wants it: answers at once with what `reply` says, or when the test says so. */
class ScriptedSender implements BatchSender {
  reply: ((batch: Batch) => Outcome) | undefined;
  /** All batches that were ever tried, in order. */
  readonly sent: Batch[] = [];
  /** Those that have no answer yet, oldest first. */
  readonly inFlight: Call[] = [];
  mostInFlight = 0;

  addressFor() {
    return { logGroupName: '/test/app', logStreamName: 'stream', entity: undefined };
  }

  send(batch: Batch): Promise<Outcome> {
    // A copy: its memory is for others once it is delivered.
    this.sent.push(batch.slice(0, batch.size));
    return new Promise((resolve) => {
      const call = { batch, answer: resolve };
      this.inFlight.push(call);
      this.mostInFlight = Math.max(this.mostInFlight, this.inFlight.length);
      if (this.reply !== undefined) void this.#answer(call, this.reply(batch));
    });
  }

  /** Answers the oldest call, or the one at `index`. */
  async answer(outcome: Outcome, index = 0): Promise<void> {
    const call = this.inFlight[index];
    if (call === undefined) throw new Error('nothing is in flight');
    await this.#answer(call, outcome);
  }

  async #answer(call: Call, outcome: Outcome): Promise<void> {
    this.inFlight.splice(this.inFlight.indexOf(call), 1);
    call.answer(outcome);
    await settled();
  }

  /** What was tried so far, and is not told again. */
  news(): string[] {
    return this.sent.splice(0).map((batch) => messages(batch).join(' '));
  }
}

interface Settings {
  readonly flushIntervalMs?: number;
  readonly maxInFlight?: number;
  readonly maxBufferBytes?: number;
  readonly random?: () => number;
  readonly deadLetters?: DeadLetters;
  /** Whether the service has told its time, which is the host's. */
  readonly isTimeKnown?: boolean;
  /** Instead of the one sender. */
  readonly route?: ShipperParts['route'];
  readonly store?: ShipperParts['store'];
}

function setUp({
  random = () => 0.5,
  deadLetters,
  route,
  store,
  isTimeKnown = true,
  ...options
}: Settings = {}) {
  const clock = new ManualClock(NOON);
  const sender = new ScriptedSender();
  const reports: Report[] = [];
  const reporter = new Reporter((report) => reports.push(report), false, clock);
  const settings = {
    flushIntervalMs: 1000,
    maxInFlight: 4,
    requestTimeoutMs: 10_000,
    maxBufferBytes: 64 * 1024 * 1024,
    ...options,
  };
  const ledger = new Ledger({ ...settings, spoolMaxBytes: 0 }, reporter, deadLetters);
  const serviceClock = new ServiceClock(clock, reporter);
  const tellTime = (timestamp: number) => serviceClock.ask()(new Date(timestamp).toUTCString());
  if (isTimeKnown) tellTime(NOON);
  const shipper = new Shipper(settings, {
    route: route ?? (() => sender),
    times: new EventTimes(serviceClock, undefined),
    ledger,
    reporter,
    store,
    clock,
    random,
  });
  return {
    clock,
    sender,
    shipper,
    tellTime,
    reports,
    counts: () => reporter.counts,
    problems: () => reports.flatMap((report) => (report.kind === 'problem' ? [report.code] : [])),
    /** Each message in a batch of its own. */
    shipApart(...texts: string[]): void {
      for (const text of texts) {
        shipper.accept(NOON, text);
        void shipper.flush();
      }
    },
  };
}

/** A disk that has each batch, or is about to, as the test says. */
class ScriptedStore {
  #settled = 0;
  /** It is full until so many events are settled. */
  #fullUntil = 0;
  #full: () => void = () => undefined;
  #write: (isWritten: boolean) => void = () => undefined;
  #read: (batch: Batch) => void = () => undefined;
  /** Resolves when the test says so. */
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
      isKept: true,
      isWritten: false,
      written: this.#written,
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

  /** It holds one event more than it may. */
  fill(): void {
    this.#fullUntil = this.#settled + 1;
    this.#full();
  }

  write(isWritten: boolean): void {
    this.#write(isWritten);
  }

  read(batch: Batch): void {
    this.#read(batch);
  }
}

/** Whether a promise is fulfilled by now. */
async function isDone(promise: Promise<void>): Promise<boolean> {
  let done = false;
  void promise.then(() => {
    done = true;
  });
  await settled();
  return done;
}

function sum({ delivered, rejected, dropped, spooled, pending }: Counts): number {
  return [delivered, spooled, pending, ...Object.values(rejected), ...Object.values(dropped)].reduce(
    (a, b) => a + b,
  );
}

const NOTHING: Counts = {
  accepted: 0,
  delivered: 0,
  rejected: { tooOld: 0, expired: 0, tooNew: 0, invalid: 0 },
  dropped: { empty: 0, bufferFull: 0, spoolFull: 0, unreadable: 0, closed: 0, workerEnded: 0 },
  spooled: 0,
  pending: 0,
};

// Accepting

test('what is accepted is sent as one batch, at the next moment of the rhythm', async (t) => {
  const { clock, sender, shipper, counts } = setUp();
  shipper.accept(NOON, 'a');
  await clock.advance(300);
  shipper.accept(NOON, 'b');
  await clock.advance(199);
  t.deepEqual(sender.news(), []);
  await clock.advance(1);
  t.deepEqual(sender.news(), ['a b']);
  t.deepEqual(counts(), { ...NOTHING, accepted: 2, pending: 2 });
  await sender.answer(DELIVERED);
  t.deepEqual(counts(), { ...NOTHING, accepted: 2, delivered: 2 });
});

test('an event waits for the flush interval at most, whenever it comes', async (t) => {
  const { clock, sender, shipper } = setUp();
  sender.reply = () => DELIVERED;
  for (const [at, wait] of [
    [0, 500],
    [500, 1000],
    [1501, 999],
    [3499, 1],
    [5000, 500],
  ] as const) {
    await clock.advance(NOON + at - clock.now());
    shipper.accept(NOON, 'a');
    await clock.advance(wait - 1);
    t.deepEqual(sender.news(), []);
    await clock.advance(1);
    t.deepEqual(sender.news(), ['a']);
  }
});

test.serial('the memory of a batch is used anew when it is delivered, and no sooner', async (t) => {
  const { clock, sender, shipper } = setUp({ maxInFlight: 2, maxBufferBytes: 8 * 1024 * 1024 });
  const batches = new Map<Batch, string>();
  const memories = new Set<ArrayBufferLike>();
  let n = 0;
  const logAndLook = async (step: string) => {
    // Ten of them fill a batch.
    for (let i = 0; i < 40; i++) shipper.accept(NOON, `${n++}`.padEnd(100_000, '.'));
    await settled();
    for (const { batch } of sender.inFlight) {
      memories.add(batch.payload.buffer);
      const now = batch.payload.toString();
      const atFirst = batches.get(batch) ?? now;
      batches.set(batch, atFirst);
      t.true(now === atFirst, step);
    }
  };
  await logAndLook('sent');
  for (let i = 0; i < 8; i++) {
    await sender.answer(DELIVERED, i % 2);
    await logAndLook('delivered');
  }
  const drained = shipper.drain(1000);
  await clock.advance(1000);
  await drained;
  await logAndLook('given up');
  t.is(sender.inFlight.length, 4, 'those that were given up, and others');
  await sender.answer(UNAVAILABLE, 2);
  await logAndLook('failed, and older ones dropped');
  t.true(memories.size < batches.size, `${batches.size} batches in ${memories.size} memories`);
});

for (const bytes of [100, 250, 5000]) {
  // On its own: all tests have the same memories.
  test.serial(
    `batches of events of ${bytes} bytes that are delivered one by one share one memory`,
    async (t) => {
      const { sender, shipper } = setUp();
      const memories = new Set<ArrayBufferLike>();
      const line = `{"level":30,"msg":"say \\"hi\\""${' '.repeat(bytes)}`.slice(0, bytes);
      sender.reply = ({ payload }) => {
        memories.add(payload.buffer);
        return DELIVERED;
      };
      while (sender.sent.length < 20) {
        for (let i = 0; i < 100; i++) shipper.accept(NOON, line);
        await settled();
      }
      // The first grows, and so may the second.
      t.true(memories.size <= 3, `${memories.size}`);
    },
  );
}

test('pipelines that start and log together send apart', async (t) => {
  for (const [part, wait] of [
    [0, 1000],
    [0.001, 1],
    [0.25, 250],
    [0.999, 999],
  ] as const) {
    const { clock, sender, shipper } = setUp({ random: () => part });
    shipper.accept(NOON, 'a');
    await clock.advance(wait - 1);
    t.deepEqual(sender.news(), []);
    await clock.advance(1);
    t.deepEqual(sender.news(), ['a']);
  }
});

test('events of several days go in a batch each, at the same moment', async (t) => {
  const { clock, sender, shipper } = setUp();
  sender.reply = () => DELIVERED;
  shipper.accept(NOON, 'today');
  await clock.advance(400);
  shipper.accept(NOON - DAY, 'yesterday');
  shipper.accept(NOON, 'today too');
  await clock.advance(100);
  t.deepEqual(sender.news(), ['today today too', 'yesterday']);
  t.is(clock.timers, 0);
});

test('records that alternate between two days still share two batches', async (t) => {
  const { sender, shipper } = setUp();
  sender.reply = () => DELIVERED;
  for (let i = 0; i < 100; i++) shipper.accept(NOON - (i % 2) * DAY, 'x');
  await shipper.flush();
  t.deepEqual(
    sender.sent.map(({ size }) => size),
    [50, 50],
  );
});

test('a target of few records does not wait until one of many has sent all of its own', async (t) => {
  const many = new ScriptedSender();
  const few = new ScriptedSender();
  const { clock, shipper } = setUp({ maxInFlight: 1, route: (message) => (message === 'few' ? few : many) });
  const fullBatches = (count: number) => {
    for (let i = 0; i < count * 10_000; i++) shipper.accept(NOON, 'x');
  };
  fullBatches(5);
  shipper.accept(NOON, 'few');
  await clock.advance(1000);
  await many.answer(DELIVERED);
  fullBatches(10);
  for (let i = 0; i < 5 && few.sent.length === 0; i++) await many.answer(DELIVERED);
  t.deepEqual(few.news(), ['few']);
});

test('records of more days at once than may be open are all delivered', async (t) => {
  const { sender, shipper, counts } = setUp();
  sender.reply = () => DELIVERED;
  const days = MAX_OPEN + 24;
  for (let day = 0; day < days; day++) shipper.accept(day * DAY, `${day}`);
  await settled();
  t.is(sender.sent.length, 24);
  await shipper.flush();
  t.is(sender.sent.length, days);
  t.deepEqual(counts(), { ...NOTHING, accepted: days, delivered: days });
});

test('a full batch does not wait for the interval', (t) => {
  const { sender, shipper } = setUp();
  for (let i = 0; i < 10_000; i++) shipper.accept(NOON, 'x');
  t.is(sender.sent.length, 0);
  shipper.accept(NOON, 'x');
  t.deepEqual(
    sender.sent.map(({ size }) => size),
    [10_000],
  );
});

test('an empty message is counted and never sent', async (t) => {
  const { clock, sender, shipper, counts } = setUp();
  shipper.accept(NOON, '');
  await clock.advance(1000);
  t.is(sender.sent.length, 0);
  t.is(clock.timers, 0);
  t.deepEqual(counts(), {
    ...NOTHING,
    accepted: 1,
    dropped: { empty: 1, bufferFull: 0, spoolFull: 0, unreadable: 0, closed: 0, workerEnded: 0 },
    spooled: 0,
  });
});

test('a message that is too long for one event counts as the events that carry it', async (t) => {
  const { sender, shipper, counts } = setUp();
  sender.reply = () => DELIVERED;
  shipper.accept(NOON, 'x'.repeat(2 * 1_048_550 + 1));
  await shipper.flush();
  t.deepEqual(
    sender.sent.map((batch) => messages(batch).map(({ length }) => length)),
    [[1_048_550], [1_048_550], [1]],
  );
  t.deepEqual(counts(), { ...NOTHING, accepted: 3, delivered: 3 });
});

test('accepting never waits for the network', (t) => {
  const { sender, shipper, counts } = setUp({ maxInFlight: 1 });
  for (let i = 0; i < 30_001; i++) shipper.accept(NOON, 'x');
  t.is(sender.inFlight.length, 1);
  t.is(counts().pending, 30_001);
});

// Flushing

test('flush with nothing to deliver resolves at once', async (t) => {
  const { sender, shipper } = setUp();
  t.true(await isDone(shipper.flush()));
  t.is(sender.sent.length, 0);
});

test('flush sends at once, and resolves when that is delivered', async (t) => {
  const { clock, sender, shipper } = setUp();
  shipper.accept(NOON, 'a');
  const flushed = shipper.flush();
  t.deepEqual(sender.news(), ['a']);
  t.false(await isDone(flushed));
  await sender.answer(DELIVERED);
  t.true(await isDone(flushed));
  t.is(clock.timers, 0);
});

test('flush does not wait for what comes after it', async (t) => {
  const { sender, shipper } = setUp();
  shipper.accept(NOON, 'before');
  const first = shipper.flush();
  shipper.accept(NOON, 'after');
  const second = shipper.flush();
  t.deepEqual(sender.news(), ['before', 'after']);
  await sender.answer(DELIVERED, 0);
  t.true(await isDone(first));
  t.false(await isDone(second));
  await sender.answer(DELIVERED, 0);
  t.true(await isDone(second));
});

test('flush waits for all that came before it, in whatever order it is delivered', async (t) => {
  const { sender, shipper } = setUp();
  shipper.accept(NOON, 'before');
  const first = shipper.flush();
  shipper.accept(NOON, 'after');
  const second = shipper.flush();
  await sender.answer(DELIVERED, 1);
  t.false(await isDone(first));
  t.false(await isDone(second), 'what came before the first came before the second, too');
  await sender.answer(DELIVERED, 0);
  t.true(await isDone(first));
  t.true(await isDone(second));
});

test('flush waits through failures until they are over', async (t) => {
  const { clock, sender, shipper } = setUp();
  shipper.accept(NOON, 'a');
  const flushed = shipper.flush();
  await sender.answer(UNAVAILABLE);
  t.false(await isDone(flushed));
  await clock.advance(50);
  await sender.answer(DELIVERED);
  t.true(await isDone(flushed));
});

test('flush waits for both halves of a batch', async (t) => {
  const { sender, shipper } = setUp();
  for (const text of ['a', 'b']) shipper.accept(NOON, text);
  const flushed = shipper.flush();
  await sender.answer(POISON);
  await sender.answer(DELIVERED);
  t.false(await isDone(flushed));
  await sender.answer(POISON);
  t.true(await isDone(flushed), 'rejected is settled as well');
});

test('flush reports the counts that it leaves', async (t) => {
  const { sender, shipper, reports } = setUp();
  sender.reply = () => DELIVERED;
  shipper.accept(NOON, 'a');
  await shipper.flush();
  t.deepEqual(reports.at(-1), { kind: 'counts', counts: { ...NOTHING, accepted: 1, delivered: 1 } });
});

// In flight

for (const maxInFlight of [1, 2, 4]) {
  test(`at most ${maxInFlight} batches are in flight`, async (t) => {
    const { sender, shipApart } = setUp({ maxInFlight });
    shipApart('a', 'b', 'c', 'd', 'e', 'f');
    const first = ['a', 'b', 'c', 'd', 'e', 'f'].slice(0, maxInFlight);
    t.deepEqual(sender.news(), first);
    await sender.answer(DELIVERED);
    t.deepEqual(sender.news(), [['a', 'b', 'c', 'd', 'e', 'f'][maxInFlight]]);
    while (sender.inFlight.length > 0) await sender.answer(DELIVERED);
    t.is(sender.mostInFlight, maxInFlight);
  });
}

// Failures

for (const [kind, pause] of [
  ['throttled', 500],
  ['unavailable', 50],
  ['missing', 50],
  ['denied', 50],
] as const) {
  test(`what fails as ${kind} is sent again after a pause, and nothing is lost`, async (t) => {
    const { clock, sender, shipApart, counts } = setUp();
    shipApart('a');
    await sender.answer(failed(kind));
    t.deepEqual(counts(), { ...NOTHING, accepted: 1, pending: 1 });
    await clock.advance(pause - 1);
    t.deepEqual(sender.news(), ['a']);
    await clock.advance(1);
    t.deepEqual(sender.news(), ['a']);
    await sender.answer(DELIVERED);
    t.deepEqual(counts(), { ...NOTHING, accepted: 1, delivered: 1 });
    t.is(clock.timers, 0);
  });
}

test('a failure pauses everything; then one batch probes; then all may go', async (t) => {
  const { clock, sender, shipApart } = setUp({ maxInFlight: 3 });
  shipApart('a', 'b', 'c', 'd', 'e');
  t.deepEqual(sender.news(), ['a', 'b', 'c']);
  for (let i = 0; i < 3; i++) await sender.answer(UNAVAILABLE);
  await clock.advance(49);
  t.deepEqual(sender.news(), [], 'half of 100 ms');
  await clock.advance(1);
  t.deepEqual(sender.news(), ['a'], 'the probe');
  await clock.advance(60_000);
  t.deepEqual(sender.news(), []);
  await sender.answer(DELIVERED);
  t.deepEqual(sender.news(), ['b', 'c', 'd']);
});

test('failures together count as one; in a row they double the pause', async (t) => {
  const { clock, sender, shipApart } = setUp({ maxInFlight: 3 });
  shipApart('a', 'b', 'c');
  for (let i = 0; i < 3; i++) await sender.answer(UNAVAILABLE);
  sender.news();
  for (const pause of [50, 100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000]) {
    await clock.advance(pause - 1);
    t.deepEqual(sender.news(), [], `before ${pause} ms`);
    await clock.advance(1);
    t.deepEqual(sender.news(), ['a'], `after ${pause} ms`);
    await sender.answer(UNAVAILABLE);
  }
});

test('after a success the pauses begin small again', async (t) => {
  const { clock, sender, shipApart } = setUp({ maxInFlight: 1 });
  shipApart('a', 'b');
  await sender.answer(UNAVAILABLE);
  await clock.advance(50);
  await sender.answer(UNAVAILABLE);
  await clock.advance(100);
  await sender.answer(DELIVERED);
  sender.news();
  await sender.answer(UNAVAILABLE);
  await clock.advance(49);
  t.deepEqual(sender.news(), []);
  await clock.advance(1);
  t.deepEqual(sender.news(), ['b']);
});

test('after throttling each success takes back one failure', async (t) => {
  const { clock, sender, shipApart } = setUp({ maxInFlight: 2 });
  shipApart('a', 'b', 'c', 'd');
  await sender.answer(THROTTLED);
  await sender.answer(THROTTLED);
  sender.news();
  for (const pause of [500, 1000]) {
    await clock.advance(pause);
    t.deepEqual(sender.news(), ['a']);
    await sender.answer(THROTTLED);
  }
  await clock.advance(2000);
  await sender.answer(DELIVERED);
  t.deepEqual(sender.news(), ['a', 'b'], 'one at a time, still');
  await sender.answer(THROTTLED);
  await clock.advance(1999);
  t.deepEqual(sender.news(), []);
  await clock.advance(1);
  t.deepEqual(sender.news(), ['b']);
});

test('what succeeds during a pause does not end it', async (t) => {
  const { clock, sender, shipApart } = setUp({ maxInFlight: 2 });
  shipApart('a', 'b', 'c');
  sender.news();
  await sender.answer(UNAVAILABLE, 0);
  await sender.answer(DELIVERED, 0);
  await clock.advance(49);
  t.deepEqual(sender.news(), []);
  await clock.advance(1);
  t.deepEqual(sender.news(), ['a', 'c']);
});

test('what fills up during a pause waits for its end', async (t) => {
  const { clock, sender, shipper, shipApart } = setUp({ random: () => 1 });
  shipApart('a');
  await sender.answer(UNAVAILABLE);
  sender.news();
  for (let i = 0; i < 20_001; i++) shipper.accept(NOON, 'x');
  shipApart('b');
  await clock.advance(99);
  t.is(sender.sent.length, 0);
});

test('a batch that waits holds no place in flight', async (t) => {
  const { clock, sender, shipApart } = setUp({ maxInFlight: 1 });
  shipApart('a', 'b');
  await sender.answer(UNAVAILABLE);
  t.is(sender.inFlight.length, 0);
  await clock.advance(50);
  t.is(sender.inFlight.length, 1);
});

test('batches that failed in any order are sent again oldest first', async (t) => {
  const { clock, sender, shipApart } = setUp({ maxInFlight: 3 });
  shipApart('a', 'b', 'c', 'd');
  await sender.answer(UNAVAILABLE, 1);
  await sender.answer(UNAVAILABLE, 1);
  await sender.answer(UNAVAILABLE, 0);
  sender.news();
  await clock.advance(50);
  await sender.answer(DELIVERED);
  t.deepEqual(sender.news(), ['a', 'b', 'c', 'd']);
});

test('the first half of a batch that failed stays ahead of the second', async (t) => {
  const { clock, sender, shipper } = setUp({ maxInFlight: 1 });
  for (const text of ['a', 'b', 'c', 'd']) shipper.accept(NOON, text);
  void shipper.flush();
  await sender.answer(POISON);
  t.deepEqual(sender.news(), ['a b c d', 'a b']);
  await sender.answer(UNAVAILABLE);
  await clock.advance(50);
  t.deepEqual(sender.news(), ['a b']);
});

for (const order of ['first', 'second'] as const) {
  test(`halves that both fail, the ${order} one first, are sent again in their order`, async (t) => {
    const { clock, sender, shipper } = setUp({ maxInFlight: 2 });
    for (const text of ['a', 'b', 'c', 'd']) shipper.accept(NOON, text);
    void shipper.flush();
    await sender.answer(POISON);
    t.deepEqual(sender.news(), ['a b c d', 'a b', 'c d']);
    await sender.answer(UNAVAILABLE, order === 'first' ? 0 : 1);
    await sender.answer(UNAVAILABLE);
    await clock.advance(50);
    t.deepEqual(sender.news(), ['a b']);
  });
}

test('the halves of a batch go before the batches behind it', async (t) => {
  const { sender, shipper, shipApart } = setUp({ maxInFlight: 1 });
  shipper.accept(NOON, 'a');
  shipApart('b', 'c');
  t.deepEqual(sender.news(), ['a b']);
  await sender.answer(POISON);
  await sender.answer(DELIVERED);
  await sender.answer(DELIVERED);
  t.deepEqual(sender.news(), ['a', 'b', 'c']);
});

test('a transient failure becomes a problem with the third in a row', async (t) => {
  for (const [kind, pause] of [
    ['throttled', 500],
    ['unavailable', 50],
  ] as const) {
    const { clock, sender, shipApart, problems } = setUp();
    shipApart('a');
    await sender.answer(failed(kind));
    await clock.advance(pause);
    await sender.answer(failed(kind));
    await clock.advance(2 * pause);
    t.deepEqual(problems(), []);
    await sender.answer(failed(kind));
    t.deepEqual(problems(), [kind]);
  }
});

for (const kind of ['denied', 'missing'] as const) {
  test(`${kind} is a problem at once`, async (t) => {
    const { sender, shipApart, problems } = setUp();
    shipApart('a');
    await sender.answer(failed(kind));
    t.deepEqual(problems(), [kind]);
  });
}

// Rejected events

test('rejected events are counted by reason, the others as delivered', async (t) => {
  const { sender, shipper, counts, problems, reports } = setUp();
  for (let i = 0; i < 10; i++) shipper.accept(NOON, 'x');
  void shipper.flush();
  await sender.answer({ kind: 'delivered', rejected: { tooOld: 1, expired: 2, tooNew: 3 } });
  t.deepEqual(counts(), {
    ...NOTHING,
    accepted: 10,
    delivered: 4,
    rejected: { tooOld: 1, expired: 2, tooNew: 3, invalid: 0 },
  });
  t.deepEqual(problems(), ['rejected-events']);
  const problem = reports.find(({ kind }) => kind === 'problem');
  t.regex(problem?.kind === 'problem' ? problem.message : '', /^CloudWatch Logs rejected 6 events/);
  t.is(sender.sent.length, 1, 'nothing is sent again');
});

/** The timestamps of its events, and their messages. */
function timed(batch: Batch | undefined): [number, string][] {
  const events = JSON.parse(`[${batch?.payload.toString()}]`) as { timestamp: number; message: string }[];
  return events.map(({ timestamp, message }) => [timestamp, message]);
}

test('what was rejected because the clock of the host is wrong goes again, with the right time, and nothing else', async (t) => {
  const { sender, shipper, tellTime, counts, problems } = setUp({ isTimeKnown: false });
  const HOUR = 3_600_000;
  shipper.accept(NOON, 'one');
  shipper.accept(NOON, 'its own', NOON - HOUR);
  shipper.accept(NOON + 1, 'two');
  const flushed = shipper.flush();
  t.is(sender.sent.length, 1);
  tellTime(NOON - 3 * HOUR);
  await sender.answer({ kind: 'delivered', rejected: { tooOld: 0, expired: 0, tooNew: 2 } });
  t.is(counts().delivered, 1);
  t.deepEqual(timed(sender.sent[1]), [
    [NOON - 3 * HOUR, 'one'],
    [NOON - 3 * HOUR + 1, 'two'],
  ]);
  t.false(await isDone(flushed));
  await sender.answer(DELIVERED);
  t.true(await isDone(flushed));
  t.deepEqual(counts(), { ...NOTHING, accepted: 3, delivered: 3 });
  t.deepEqual(problems(), ['clock']);
});

test('what is rejected again is rejected', async (t) => {
  const { sender, shipper, tellTime, counts } = setUp({ isTimeKnown: false });
  shipper.accept(NOON, 'one');
  void shipper.flush();
  tellTime(NOON - 3 * 3_600_000);
  for (let i = 0; i < 2; i++)
    await sender.answer({ kind: 'delivered', rejected: { tooOld: 0, expired: 0, tooNew: 1 } });
  t.is(counts().rejected.tooNew, 1);
  t.is(sender.inFlight.length, 0);
  t.is(sum(counts()), 1);
});

test('what waits gets the time of the service before it is sent', async (t) => {
  const { clock, sender, shipper, tellTime, counts } = setUp({ isTimeKnown: false });
  for (const text of ['a', 'b']) shipper.accept(NOON, text);
  void shipper.flush();
  shipper.accept(NOON, 'open');
  tellTime(NOON + 40 * DAY);
  await sender.answer(UNAVAILABLE);
  sender.reply = () => DELIVERED;
  await clock.advance(1000);
  t.deepEqual(
    sender.sent.slice(1).flatMap(timed),
    ['a', 'b', 'open'].map((text) => [NOON + 40 * DAY, text]),
  );
  t.deepEqual(counts(), { ...NOTHING, accepted: 3, delivered: 3 });
});

test('a steady clock changes nothing of a batch: it is sent as it was written', async (t) => {
  const { sender, shipper, tellTime } = setUp({ isTimeKnown: false });
  shipper.accept(NOON, 'a');
  void shipper.flush();
  tellTime(NOON);
  await sender.answer(DELIVERED);
  shipper.accept(NOON, 'b');
  void shipper.flush();
  t.deepEqual(
    sender.sent.map(({ payload }) => payload.toString()),
    [`{"timestamp":${NOON} ,"message":"a"}`, `{"timestamp":${NOON},"message":"b"}`],
  );
});

// Poison

test('of a poisoned batch only the bad event is given up', async (t) => {
  const { sender, shipper, counts, problems } = setUp();
  sender.reply = (batch) => (messages(batch).includes('bad') ? POISON : DELIVERED);
  for (const text of ['a', 'b', 'c', 'd', 'e', 'bad', 'g', 'h']) shipper.accept(NOON, text);
  await shipper.flush();
  t.deepEqual(counts(), {
    ...NOTHING,
    accepted: 8,
    delivered: 7,
    rejected: { tooOld: 0, expired: 0, tooNew: 0, invalid: 1 },
  });
  t.deepEqual(problems(), ['invalid-event']);
});

for (const [size, most] of [
  [1, 1],
  [2, 3],
  [8, 7],
  [1024, 21],
  [8192, 27],
] as const) {
  test(`to find one bad event of ${size} takes ${most} requests at most`, async (t) => {
    for (const bad of new Set([0, size >> 1, size - 1])) {
      const { sender, shipper, counts } = setUp();
      sender.reply = (batch) => (messages(batch).includes(`${bad}`) ? POISON : DELIVERED);
      for (let i = 0; i < size; i++) shipper.accept(NOON, `${i}`);
      await shipper.flush();
      t.true(sender.sent.length <= most, `${sender.sent.length} requests`);
      t.is(counts().rejected.invalid, 1);
      t.is(counts().delivered, size - 1);
    }
  });
}

test('whichever events are bad, exactly those are given up, once each, and the others are delivered once', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { minLength: 1, maxLength: 60 }), async (bad) => {
      const { clock, sender, shipper, counts } = setUp();
      const delivered: string[] = [];
      sender.reply = (batch) => {
        if (messages(batch).some((text) => bad[Number(text)])) return POISON;
        delivered.push(...messages(batch));
        return DELIVERED;
      };
      for (const i of bad.keys()) shipper.accept(NOON, `${i}`);
      void shipper.flush();
      // One good batch is needed where all of the first is bad.
      shipper.accept(NOON, `${bad.push(false) - 1}`);
      const flushed = shipper.flush();
      while (!(await isDone(flushed))) await clock.advance(1000);
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

test('a poisoned batch pauses nothing', async (t) => {
  const { clock, sender, shipApart } = setUp({ maxInFlight: 1 });
  shipApart('bad', 'good');
  await sender.answer(POISON);
  t.deepEqual(sender.news(), ['bad', 'good']);
  t.is(clock.timers, 0);
});

test('a poisoned answer to the probe is an answer: the service is back', async (t) => {
  const { clock, sender, shipApart } = setUp({ maxInFlight: 2 });
  shipApart('bad', 'b', 'c');
  await sender.answer(UNAVAILABLE);
  await sender.answer(UNAVAILABLE);
  await clock.advance(50);
  sender.news();
  await sender.answer(POISON);
  t.deepEqual(sender.news(), ['b', 'c']);
});

test('each row of indexes leads to the right events, under the right reason', async (t) => {
  const rows: readonly [RejectedEvents, string][] = [
    [{ tooOld: 3, expired: 0, tooNew: 0 }, 'tooOld 0 1 2'],
    [{ tooOld: 0, expired: 0, tooNew: 2 }, 'tooNew 8 9'],
    [{ tooOld: 2, expired: 0, tooNew: 1 }, 'tooOld 0 1, tooNew 9'],
    [{ tooOld: 0, expired: 4, tooNew: 0 }, 'expired 0 1 2 3'],
    [{ tooOld: 2, expired: 2, tooNew: 0 }, 'tooOld 0 1, expired 2 3'],
    [{ tooOld: 10, expired: 0, tooNew: 0 }, 'tooOld 0 1 2 3 4 5 6 7 8 9'],
    [{ tooOld: 0, expired: 0, tooNew: 0 }, ''],
  ];
  for (const [rejected, expected] of rows) {
    const letters: string[] = [];
    const { sender, shipper, counts } = setUp({
      deadLetters: {
        add(reason, { logGroupName }, events) {
          t.is(logGroupName, '/test/app');
          letters.push([reason, ...events.map((json) => JSON.parse(json).message)].join(' '));
        },
      },
    });
    sender.reply = () => ({ kind: 'delivered', rejected });
    for (let i = 0; i < 10; i++) shipper.accept(NOON + i, `${i}`);
    await shipper.flush();
    t.is(letters.join(', '), expected);
    t.deepEqual(counts().rejected, { ...rejected, invalid: 0 });
    t.is(sum(counts()), 10);
  }
});

// Memory. A message of 100 ASCII characters makes JSON of 140: 2140 bytes alone in a batch, 142 as one more in it.

const ALONE = 2140;
const hundred = (text: string) => text.padEnd(100, '.');

test('past maxBufferBytes the oldest batch is dropped, counted and told', async (t) => {
  const { clock, sender, shipApart, counts, problems, reports } = setUp({ maxBufferBytes: 3 * ALONE });
  shipApart(hundred('a'));
  await sender.answer(UNAVAILABLE);
  shipApart(hundred('b'), hundred('c'));
  t.is(counts().dropped.bufferFull, 0, 'three fit');
  shipApart(hundred('d'), hundred('e'));
  t.deepEqual(counts(), {
    ...NOTHING,
    accepted: 5,
    dropped: { empty: 0, bufferFull: 2, spoolFull: 0, unreadable: 0, closed: 0, workerEnded: 0 },
    spooled: 0,
    pending: 3,
  });
  t.deepEqual(problems(), ['buffer-full']);
  const problem = reports.find(({ kind }) => kind === 'problem');
  t.regex(
    problem?.kind === 'problem' ? problem.message : '',
    /\(6420\).*: 1 event was dropped, the oldest of/,
  );
  sender.news();
  sender.reply = () => DELIVERED;
  await clock.advance(50);
  t.deepEqual(sender.news(), ['c', 'd', 'e'].map(hundred));
});

test('what is in flight is not dropped, and does not count', async (t) => {
  const { sender, shipApart, counts } = setUp({ maxInFlight: 2, maxBufferBytes: 2 * ALONE });
  shipApart(hundred('a'), hundred('b'), hundred('c'), hundred('d'));
  t.is(counts().dropped.bufferFull, 0);
  shipApart(hundred('e'));
  t.is(counts().dropped.bufferFull, 1);
  sender.news();
  await sender.answer(DELIVERED);
  await sender.answer(DELIVERED);
  t.deepEqual(sender.news(), ['d', 'e'].map(hundred));
});

test('a batch that is still open counts, and is dropped when it is the oldest', async (t) => {
  const { sender, shipper, shipApart, counts } = setUp({ maxBufferBytes: 2650 });
  shipApart('a');
  await sender.answer(UNAVAILABLE);
  for (const text of ['b', 'c', 'd']) shipper.accept(NOON, hundred(text));
  t.is(counts().dropped.bufferFull, 1, "the smallest, 'a'");
  shipper.accept(NOON, hundred('e'));
  t.is(counts().dropped.bufferFull, 1, 'there is room for one more');
  shipper.accept(NOON, hundred('f'));
  t.is(counts().dropped.bufferFull, 6, 'with the open batch, all that it holds');
  t.is(counts().pending, 0);
});

test('flush is over when what it waited for was dropped', async (t) => {
  const { sender, shipper, shipApart } = setUp({ maxBufferBytes: ALONE });
  shipper.accept(NOON, hundred('a'));
  const flushed = shipper.flush();
  await sender.answer(UNAVAILABLE);
  t.false(await isDone(flushed));
  shipApart(hundred('b'));
  t.true(await isDone(flushed));
});

test('batches that come back from the network do not wait beyond maxBufferBytes', async (t) => {
  const { sender, shipApart, counts } = setUp({ maxInFlight: 3, maxBufferBytes: 3 * ALONE });
  shipApart(...['a', 'b', 'c', 'd', 'e', 'f'].map(hundred));
  for (let i = 0; i < 3; i++) await sender.answer(UNAVAILABLE);
  t.is(sender.inFlight.length, 0);
  t.true(counts().pending <= 3, `${counts().pending} events wait`);
});

test('batches whose bytes are more than their characters do not wait beyond maxBufferBytes', async (t) => {
  const { sender, shipper, shipApart, counts } = setUp({ maxBufferBytes: 7000, random: () => 1 });
  shipApart('a');
  await sender.answer(UNAVAILABLE);
  // Three batches of 240 characters, which are 640 bytes of JSON each.
  for (const day of [0, 1, 2]) shipper.accept(NOON - day * DAY, '€'.repeat(200));
  void shipper.flush();
  t.true(counts().pending <= 2, `${counts().pending} events wait`);
});

// Outages

test('while nothing can be sent, batches stay open and fill up instead of going to pieces', async (t) => {
  const { clock, sender, shipper, shipApart } = setUp({ random: () => 1 });
  shipApart('a');
  for (let failures = 1; failures <= 8; failures++) {
    await sender.answer(UNAVAILABLE);
    await clock.advance(20_000);
  }
  await sender.answer(UNAVAILABLE);
  for (let second = 0; second < 19; second++) {
    shipper.accept(NOON, `${second}`);
    await clock.advance(1000);
  }
  sender.news();
  sender.reply = () => DELIVERED;
  await clock.advance(1000);
  t.deepEqual(sender.news(), ['a', Array.from({ length: 19 }, (_, second) => `${second}`).join(' ')]);
});

test('what is overdue goes as soon as a place is free', async (t) => {
  const { clock, sender, shipper, shipApart } = setUp({ maxInFlight: 1 });
  shipApart('a');
  shipper.accept(NOON, 'b');
  await clock.advance(5000);
  t.deepEqual(sender.news(), ['a']);
  await sender.answer(DELIVERED);
  t.deepEqual(sender.news(), ['b']);
});

test('drain delivers, or gives up at its deadline, and goes on', async (t) => {
  const { clock, sender, shipper, counts, problems } = setUp();
  shipper.accept(NOON, 'a');
  const first = shipper.drain(8000);
  t.is(clock.keepingAlive, 1);
  await sender.answer(DELIVERED);
  t.true(await isDone(first));
  shipper.accept(NOON, 'b');
  const second = shipper.drain(8000);
  await clock.advance(8000);
  t.true(await isDone(second));
  t.deepEqual(problems(), ['not-delivered']);
  sender.reply = () => DELIVERED;
  shipper.accept(NOON, 'c');
  await shipper.flush();
  t.is(counts().delivered, 2);
  t.is(counts().dropped.closed, 1);
  t.is(clock.timers, 0);
});

test('drain waits for what comes while it waits', async (t) => {
  const { sender, shipper } = setUp();
  shipper.accept(NOON, 'a');
  const drained = shipper.drain(8000);
  shipper.accept(NOON, 'b');
  await sender.answer(DELIVERED);
  t.false(await isDone(drained));
  t.deepEqual(sender.news(), ['a', 'b']);
  await sender.answer(DELIVERED);
  t.true(await isDone(drained));
});

test('when drain has given up, pauses are as long as ever, also for what is on disk', async (t) => {
  const { clock, sender, shipper, shipApart } = setUp({ store: new ScriptedStore() });
  shipApart('a');
  for (const pause of [50, 100, 200, 400, 800, 1600]) {
    await sender.answer(UNAVAILABLE);
    await clock.advance(pause);
  }
  const drained = shipper.drain(1000);
  await clock.advance(1000);
  t.true(await isDone(drained));
  t.is(sender.inFlight.length, 1, 'it goes on');
  sender.news();
  await sender.answer(UNAVAILABLE);
  await clock.advance(3199);
  t.deepEqual(sender.news(), []);
  await clock.advance(1);
  t.deepEqual(sender.news(), ['a']);
});

test('drain does nothing more when its time is over', async (t) => {
  const { clock, sender, shipper } = setUp({ store: new ScriptedStore() });
  shipper.accept(NOON, 'a');
  const drained = shipper.drain(1000);
  await clock.advance(999);
  await sender.answer(UNAVAILABLE);
  sender.news();
  await clock.advance(1);
  t.true(await isDone(drained));
  t.deepEqual(sender.news(), [], 'the pause goes on');
});

// Closing

test('what is dropped while close waits for the disk is counted once', async (t) => {
  const store = new ScriptedStore();
  const { clock, shipper, counts, shipApart, problems } = setUp({ store });
  shipApart('a', 'b', 'c', 'd', 'waits', 'waits too');
  const closed = shipper.close(8000);
  await clock.advance(8000);
  t.false(await isDone(closed));
  store.fill();
  t.is(counts().dropped.spoolFull, 1);
  store.write(true);
  t.true(await isDone(closed));
  t.deepEqual(counts(), {
    ...NOTHING,
    accepted: 6,
    dropped: { ...NOTHING.dropped, spoolFull: 1 },
    spooled: 5,
  });
  t.deepEqual(problems(), ['spool-full']);
});

test('what is read from the disk after the end is left there', async (t) => {
  const store = new ScriptedStore();
  const { clock, sender, shipper, counts } = setUp({ store });
  const outline = { size: 1, begin: NOON, end: NOON };
  shipper.recover(Promise.resolve([{ sender, stored: store.create(), outline }]), true);
  await settled();
  const closed = shipper.close(8000);
  await clock.advance(8000);
  store.write(true);
  t.true(await isDone(closed));
  store.read(Batch.of([JSON.stringify({ timestamp: NOON, message: 'found' })]));
  await settled();
  t.deepEqual(sender.news(), []);
  t.deepEqual(counts(), { ...NOTHING, accepted: 1, spooled: 1 });
});

test('close delivers what there is, and ends', async (t) => {
  const { clock, sender, shipper, counts, reports } = setUp();
  sender.reply = () => DELIVERED;
  for (let i = 0; i < 10_001; i++) shipper.accept(NOON, 'x');
  t.true(await isDone(shipper.close(8000)));
  t.deepEqual(counts(), { ...NOTHING, accepted: 10_001, delivered: 10_001 });
  t.deepEqual(reports.at(-1), { kind: 'counts', counts: counts() });
  t.is(clock.timers, 0);
});

test('close with nothing to deliver ends at once', async (t) => {
  const { clock, shipper, problems } = setUp();
  t.true(await isDone(shipper.close(8000)));
  t.deepEqual(problems(), []);
  t.is(clock.timers, 0);
});

test('the deadline of close keeps the process alive, and nothing else does', async (t) => {
  const { clock, sender, shipper } = setUp();
  shipper.accept(NOON, 'a');
  t.is(clock.keepingAlive, 0);
  void shipper.flush();
  await sender.answer(UNAVAILABLE);
  t.is(clock.timers, 1);
  t.is(clock.keepingAlive, 0);
  void shipper.close(8000);
  t.is(clock.keepingAlive, 1);
});

test('at its deadline close gives up what is in flight, waits or is open, and counts it', async (t) => {
  const { clock, sender, shipper, shipApart, counts, problems, reports } = setUp({ maxInFlight: 2 });
  shipApart('a', 'b', 'c');
  const closed = shipper.close(8000);
  shipper.accept(NOON, 'd');
  await clock.advance(7999);
  t.false(await isDone(closed));
  t.is(counts().pending, 4);
  await clock.advance(1);
  t.true(await isDone(closed));
  t.deepEqual(counts(), {
    ...NOTHING,
    accepted: 4,
    dropped: { empty: 0, bufferFull: 0, spoolFull: 0, unreadable: 0, closed: 4, workerEnded: 0 },
    spooled: 0,
  });
  t.deepEqual(problems(), ['not-delivered']);
  t.deepEqual(reports.at(-1), { kind: 'counts', counts: counts() });
  t.is(clock.timers, 0);
  t.is(sender.sent.length, 2, 'nothing more is sent');
});

for (const outcome of [DELIVERED, UNAVAILABLE, POISON]) {
  test(`an answer of ${outcome.kind} after the deadline changes nothing any more`, async (t) => {
    const { clock, sender, shipper, counts } = setUp();
    for (const text of ['a', 'b']) shipper.accept(NOON, text);
    void shipper.close(8000);
    await clock.advance(8000);
    const before = counts();
    await sender.answer(outcome);
    t.deepEqual(counts(), before);
    t.is(clock.timers, 0);
    t.is(sender.sent.length, 1);
  });
}

test('close counts what was delivered before the deadline as delivered', async (t) => {
  const { clock, sender, shipper, shipApart, counts } = setUp({ maxInFlight: 2 });
  shipApart('a', 'b', 'c');
  void shipper.close(8000);
  await sender.answer(DELIVERED);
  await clock.advance(8000);
  t.deepEqual(counts(), {
    ...NOTHING,
    accepted: 3,
    delivered: 1,
    dropped: { empty: 0, bufferFull: 0, spoolFull: 0, unreadable: 0, closed: 2, workerEnded: 0 },
    spooled: 0,
  });
});

test('close delivers what came meanwhile, and then takes nothing more: it does not wait for those who go on logging', async (t) => {
  const { sender, shipper, counts, problems } = setUp();
  sender.reply = () => {
    shipper.accept(NOON, 'more');
    return DELIVERED;
  };
  shipper.accept(NOON, 'a');
  t.true(await isDone(shipper.close(8000)));
  const { accepted, delivered, dropped, pending } = counts();
  t.true(delivered > 1 && dropped.closed > 0, `${delivered} ${dropped.closed}`);
  t.is(pending, 0);
  t.is(accepted, delivered + dropped.closed);
  t.deepEqual(problems(), ['logged-after-close'], 'what was taken is delivered');
});

test('drain does not wait for those who go on logging, and loses nothing of theirs', async (t) => {
  const { sender, shipper, counts, reports } = setUp();
  sender.reply = () => {
    shipper.accept(NOON, 'more');
    return DELIVERED;
  };
  shipper.accept(NOON, 'a');
  t.true(await isDone(shipper.drain(8000)));
  t.true(counts().delivered > 1);
  t.is(counts().pending, 1);
  t.deepEqual(counts().dropped, NOTHING.dropped);
  t.is(reports.length, 1);
});

test('drain without new events reports nothing', async (t) => {
  const { sender, shipper, reports } = setUp();
  sender.reply = () => DELIVERED;
  shipper.accept(NOON, 'a');
  await shipper.drain(8000);
  t.is(reports.length, 1);
  await shipper.drain(8000);
  await shipper.flush();
  t.is(reports.length, 1);
});

test('abandon counts and reports at once what waits, is in flight or open, and takes nothing more', async (t) => {
  const { clock, sender, shipper, shipApart, counts, reports } = setUp({ maxInFlight: 1 });
  shipApart('a', 'b');
  shipper.accept(NOON, 'c');
  shipper.abandon();
  t.is(counts().dropped.closed, 3);
  t.is(counts().pending, 0);
  const [problem, last] = reports;
  t.is(problem?.kind === 'problem' && problem.code, 'not-delivered');
  t.regex(
    problem?.kind === 'problem' ? problem.message : '',
    /^3 events were not delivered before the process ended/,
  );
  t.deepEqual(last, { kind: 'counts', counts: counts() });
  t.is(clock.timers, 0);
  shipper.accept(NOON, 'd');
  t.is(counts().dropped.closed, 4);
  shipper.abandon();
  await sender.answer(DELIVERED);
  t.is(counts().delivered, 0);
  t.is(sender.sent.length, 1);
});

test('close is the same for all who ask', async (t) => {
  const { clock, sender, shipper, shipApart, counts } = setUp();
  shipApart('a');
  const first = shipper.close(8000);
  const second = shipper.close(1);
  await clock.advance(1000);
  t.false(await isDone(second));
  await sender.answer(DELIVERED);
  t.true(await isDone(first));
  t.true(await isDone(second));
  t.true(await isDone(shipper.close(8000)));
  t.deepEqual(counts(), { ...NOTHING, accepted: 1, delivered: 1 });
});

test('what is accepted after close is counted as dropped, and never sent', async (t) => {
  const { clock, sender, shipper, counts } = setUp();
  await shipper.close(8000);
  shipper.accept(NOON, 'late');
  shipper.accept(NOON, 'x'.repeat(1_048_551));
  shipper.accept(NOON, '');
  await clock.advance(10_000);
  t.deepEqual(counts(), {
    ...NOTHING,
    accepted: 4,
    dropped: { empty: 1, bufferFull: 0, spoolFull: 0, unreadable: 0, closed: 3, workerEnded: 0 },
    spooled: 0,
  });
  t.is(sender.sent.length, 0);
  t.is(clock.timers, 0);
  t.true(await isDone(shipper.flush()));
});

test('close does not wait for a pause to end', async (t) => {
  const { clock, sender, shipper, shipApart } = setUp();
  shipApart('a');
  for (const pause of [50, 100, 200, 400, 800, 1600, 3200]) {
    await sender.answer(UNAVAILABLE);
    await clock.advance(pause);
  }
  await sender.answer(UNAVAILABLE);
  sender.news();
  sender.reply = () => DELIVERED;
  const closed = shipper.close(8000);
  t.true(await isDone(closed));
  t.deepEqual(sender.news(), ['a']);
  t.is(clock.timers, 0);
});

test('while closing, no pause is longer than half a second', async (t) => {
  const { clock, sender, shipper, shipApart } = setUp();
  shipApart('a');
  for (const pause of [50, 100, 200, 400, 800, 1600, 3200, 6400]) {
    await sender.answer(UNAVAILABLE);
    await clock.advance(pause);
  }
  sender.news();
  void shipper.close(8000);
  for (let i = 0; i < 5; i++) {
    await sender.answer(UNAVAILABLE);
    await clock.advance(499);
    t.deepEqual(sender.news(), []);
    await clock.advance(1);
    t.deepEqual(sender.news(), ['a']);
  }
});

test('a pause that the deadline of close cuts short leaves no timer', async (t) => {
  const { clock, sender, shipper, shipApart } = setUp();
  shipApart('a');
  void shipper.close(8000);
  await clock.advance(7999);
  await sender.answer(UNAVAILABLE);
  t.is(clock.timers, 2, 'the pause and the deadline');
  await clock.advance(1);
  t.is(clock.timers, 0);
});

test('close of 0 milliseconds tries once', async (t) => {
  const { clock, sender, shipper, counts } = setUp();
  shipper.accept(NOON, 'a');
  const closed = shipper.close(0);
  t.deepEqual(sender.news(), ['a']);
  await clock.advance(0);
  t.true(await isDone(closed));
  t.is(counts().dropped.closed, 1);
});

test('flush is over when close gives up', async (t) => {
  const { clock, shipper } = setUp();
  shipper.accept(NOON, 'a');
  const flushed = shipper.flush();
  void shipper.close(8000);
  await clock.advance(8000);
  t.true(await isDone(flushed));
});

// Idle

test('when all is done, no timer is left', async (t) => {
  const { clock, sender, shipper } = setUp();
  sender.reply = () => (sender.sent.length % 3 === 0 ? UNAVAILABLE : DELIVERED);
  t.is(clock.timers, 0);
  for (let i = 0; i < 50; i++) {
    shipper.accept(NOON - (i % 3) * DAY, `${i}`);
    await clock.advance(100);
  }
  await clock.advance(5000);
  t.is(clock.timers, 0);
  await shipper.flush();
  t.is(clock.timers, 0);
});

// Everything at once

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
        'poison',
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

/** What arrived twice, but for notices: two of them may say the same. */
const doubled = (arrived: readonly string[]) =>
  arrived.filter((text, i) => arrived.indexOf(text) < i && !text.includes('missingEvents'));

/** Runs a script, and after each step checks what must always hold. */
async function run(
  t: ExecutionContext,
  given: Required<Omit<Settings, 'flushIntervalMs' | 'deadLetters' | 'route' | 'store' | 'isTimeKnown'>>,
  script: readonly Step[],
) {
  const world = setUp(given);
  const { clock, sender, shipper, counts, reports } = world;
  const arrived: string[] = [];
  /** What was logged and is not known to be settled. */
  const outstanding = new Set<string>();
  let accepted = 0;
  const check = (where: string) => {
    const now = counts();
    // Notices of what is missing are accepted as well.
    t.true(now.accepted >= accepted, where);
    t.is(sum(now), now.accepted, where);
    if (now.dropped.bufferFull === 0) t.is(now.pending, outstanding.size, where);
    for (const report of reports.splice(0)) t.is(sum(report.counts), report.counts.accepted, report.kind);
    t.true(now.pending >= 0, where);
    t.true(sender.inFlight.length <= given.maxInFlight, where);
    const inFlight = sender.inFlight.reduce((all, { batch }) => all + batch.size, 0);
    t.true(now.pending >= inFlight, where);
  };
  for (const [i, one] of script.entries()) {
    switch (one.do) {
      case 'accept':
        for (let n = 0; n < one.count; n++) {
          const text = one.size === 0 ? '' : `${accepted} `.padEnd(one.size, '.');
          if (text !== '') outstanding.add(text);
          shipper.accept(NOON - one.day * DAY, text);
          accepted++;
        }
        break;
      case 'flush':
        void shipper.flush();
        break;
      case 'advance':
        await clock.advance(one.ms);
        break;
      case 'answer': {
        const call = sender.inFlight[one.which];
        if (call === undefined) break;
        const tooOld = Math.min(one.rejected, call.batch.size);
        const texts = messages(call.batch);
        const { invalid } = counts().rejected;
        if (one.kind === 'delivered') arrived.push(...texts);
        const taken: Outcome = { kind: 'delivered', rejected: { tooOld, expired: 0, tooNew: 0 } };
        await sender.answer(one.kind === 'delivered' ? taken : failed(one.kind), one.which);
        const isSettled = one.kind === 'delivered' || counts().rejected.invalid > invalid;
        if (isSettled) for (const text of texts) outstanding.delete(text);
      }
    }
    await settled();
    check(`after step ${i}, ${one.do}`);
  }
  return { ...world, arrived };
}

test('whatever happens, each event is delivered, rejected, dropped or pending, and after close none is pending', async (t) => {
  await fc.assert(
    fc.asyncProperty(settings, fc.array(step, { maxLength: 40 }), async (given, script) => {
      const { clock, shipper, counts, arrived } = await run(t, given, script);
      t.deepEqual(doubled(arrived), []);
      const closed = shipper.close(8000);
      await clock.advance(8000);
      t.true(await isDone(closed));
      t.is(sum(counts()), counts().accepted);
      t.is(counts().pending, 0);
      t.is(clock.timers, 0);
    }),
    { numRuns: 300 },
  );
});

test('whatever happened, when the service is back everything that waits is delivered', async (t) => {
  await fc.assert(
    fc.asyncProperty(settings, fc.array(step, { maxLength: 40 }), async (given, script) => {
      const { clock, sender, shipper, counts, arrived } = await run(t, given, script);
      const { pending, accepted, dropped } = counts();
      const before = counts().delivered + counts().rejected.tooOld;
      sender.reply = (batch) => {
        arrived.push(...messages(batch));
        return DELIVERED;
      };
      for (const call of [...sender.inFlight]) {
        arrived.push(...messages(call.batch));
        await sender.answer(DELIVERED, sender.inFlight.indexOf(call));
      }
      const flushed = shipper.flush();
      await clock.advance(20_000);
      t.true(await isDone(flushed));
      t.is(counts().pending, 0);
      const notices = counts().accepted - accepted;
      // A batch that is sealed takes a little more room than an open one.
      const lost = counts().dropped.bufferFull - dropped.bufferFull;
      t.is(counts().delivered + counts().rejected.tooOld, before + pending + notices - lost);
      t.is(arrived.length, before + pending + notices - lost);
      t.deepEqual(doubled(arrived), []);
      t.is(clock.timers, 0);
    }),
    { numRuns: 300 },
  );
});

test('whatever happens, no more than maxBufferBytes wait', async (t) => {
  const sized = step.map((one) => (one.do === 'accept' ? { ...one, size: 100 } : one));
  await fc.assert(
    fc.asyncProperty(settings, fc.array(sized, { maxLength: 30 }), async (given, script) => {
      for (let length = 1; length <= script.length; length++) {
        const { sender, counts } = await run(t, given, script.slice(0, length));
        const inFlight = sender.inFlight.reduce((all, { batch }) => all + batch.size, 0);
        // A notice of what is missing is let in beyond it.
        t.true((counts().pending - inFlight) * 142 <= given.maxBufferBytes + 2250);
      }
    }),
    { numRuns: 40 },
  );
});

test('notices tell of every event that was dropped once, also of those whose notice was dropped', async (t) => {
  const steps = fc.array(fc.constantFrom('log', 'log much', 'deliver', 'fail'), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(steps, async (script) => {
      const { clock, sender, shipApart, counts } = setUp({ maxInFlight: 2, maxBufferBytes: 3 * ALONE });
      const told: number[] = [];
      const read = (batch: Batch) => {
        for (const text of messages(batch).filter((text) => text.includes('missingEvents')))
          told.push(JSON.parse(text).missingEvents);
      };
      for (const one of script) {
        const [call] = sender.inFlight;
        if (one === 'log') shipApart(hundred('a'));
        else if (one === 'log much') shipApart(...Array(6).fill(hundred('b')));
        else if (call !== undefined && one === 'deliver') {
          read(call.batch);
          await sender.answer(DELIVERED);
        } else if (call !== undefined) await sender.answer(UNAVAILABLE);
        await clock.advance(700);
      }
      sender.reply = (batch) => {
        read(batch);
        return DELIVERED;
      };
      for (const call of [...sender.inFlight]) {
        read(call.batch);
        await sender.answer(DELIVERED, sender.inFlight.indexOf(call));
      }
      // What is told after the last batch goes with the next one.
      for (let i = 0; i < 3; i++) {
        shipApart(hundred('c'));
        await clock.advance(20_000);
      }
      const { bufferFull } = counts().dropped;
      t.is(
        told.reduce((all, events) => all + events, 0),
        bufferFull,
      );
      t.is(counts().delivered, counts().accepted - bufferFull);
    }),
    { numRuns: 300 },
  );
});
