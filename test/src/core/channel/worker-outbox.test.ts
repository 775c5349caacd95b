import {
  decodeFrames,
  Reporter,
  WorkerBackpressure,
  WorkerOutbox,
  WorkerProgress,
} from '@putlogs/core/internal';
import test from 'ava';
import { range } from '../../support/harness.js';
import { ManualClock } from '../../support/manual-clock.js';

const NOON = 1_795_521_600_000;

/** The records in a message: their times after noon, and their texts. */
function recordsIn(message: unknown): [number, string, number][] {
  const records: [number, string, number][] = [];
  if (message instanceof Uint8Array)
    decodeFrames(message, (loggedAt, text, recordTime) =>
      records.push([loggedAt - NOON, text.toString(), recordTime && recordTime - NOON]),
    );
  return records;
}

function setUp(progress = new WorkerProgress()) {
  const clock = new ManualClock(NOON);
  const reporter = new Reporter(() => undefined, false, clock);
  const backpressure = new WorkerBackpressure(8 * 1024 * 1024, reporter);
  const posted: unknown[] = [];
  const outbox = new WorkerOutbox((message) => posted.push(message), progress, backpressure, clock);
  return { clock, progress, backpressure, posted, outbox };
}

test('records of one turn of the event loop are posted as one message', async (t) => {
  const { outbox, posted } = setUp();
  outbox.write([NOON, 'one']);
  outbox.write([NOON, 'two', NOON - 1]);
  t.deepEqual(posted, []);
  await new Promise(setImmediate);
  t.deepEqual(posted.map(recordsIn), [
    [
      [0, 'one', 0],
      [0, 'two', -1],
    ],
  ]);
});

test('a close returns what was not posted, and leaves no timer', async (t) => {
  const { clock, outbox, posted } = setUp();
  outbox.write([clock.now(), 'first']);
  await turn();
  outbox.write([clock.now(), 'second']);
  t.is(clock.timers, 1);
  t.deepEqual(
    outbox.close().map(([, message]) => `${message}`),
    ['first', 'second'],
  );
  t.is(clock.timers, 0);
  t.is(posted.length, 1);
});

/** Lets the event loop turn without time passing. */
const turn = () => new Promise(setImmediate);

test('after a silence a record waits for the end of the turn, and those that follow for 25 milliseconds', async (t) => {
  const { clock, outbox, posted } = setUp();
  outbox.write([clock.now(), 'first']);
  await turn();
  t.is(posted.length, 1);
  await clock.advance(1);
  outbox.write([clock.now(), 'second']);
  await clock.advance(23);
  outbox.write([clock.now(), 'third']);
  t.is(clock.timers, 1);
  t.is(clock.keepingAlive, 0);
  await turn();
  t.is(posted.length, 1);
  await clock.advance(1);
  t.deepEqual(recordsIn(posted[1]), [
    [1, 'second', 0],
    [24, 'third', 0],
  ]);
  t.is(clock.timers, 0);
  await clock.advance(25);
  outbox.write([clock.now(), 'fourth']);
  t.is(clock.keepingAlive, 0);
  await turn();
  t.is(posted.length, 3);
  t.is(clock.timers, 0);
});

test('an urgent record waits for the end of the turn, but a storm of them is posted every 5 milliseconds', async (t) => {
  const { clock, outbox, posted } = setUp();
  outbox.write([clock.now(), 'first']);
  await turn();
  await clock.advance(6);
  outbox.write([clock.now(), 'second']);
  await turn();
  t.is(posted.length, 1);
  outbox.write([clock.now(), 'urgent']);
  outbox.expedite();
  await turn();
  t.deepEqual(recordsIn(posted[1]), [
    [6, 'second', 0],
    [6, 'urgent', 0],
  ]);
  for (const _ of range(100)) {
    outbox.write([clock.now(), 'urgent']);
    outbox.expedite();
    await clock.advance(1);
    await turn();
  }
  t.is(posted.length, 2 + 20);
  await clock.advance(1);
  t.is(clock.timers, 0);
});

test('while the application blocks its thread and logs, no record waits longer than 25 milliseconds', (t) => {
  const { clock, outbox, posted } = setUp();
  for (const _ of range(6)) {
    outbox.write([clock.now(), 'x']);
    clock.jump(10);
  }
  t.is(posted.length, 1);
  t.deepEqual(
    recordsIn(posted[0]),
    [0, 10, 20, 30].map((ms) => [ms, 'x', 0]),
  );
});

test('a clock of the host that is set back holds no record up', async (t) => {
  const { clock, outbox, posted } = setUp();
  outbox.write([clock.now(), 'first']);
  await turn();
  outbox.write([clock.now(), 'second']);
  clock.set(NOON - 3_600_000);
  outbox.write([clock.now(), 'third']);
  await clock.advance(25);
  t.is(posted.length, 2);
});

test('a record that follows a request waits for others, in the same turn of the event loop too', async (t) => {
  const { clock, outbox, posted } = setUp();
  outbox.write([clock.now(), 'first']);
  outbox.request({ kind: 'flush', id: 1 });
  outbox.write([clock.now(), 'second']);
  await turn();
  t.is(posted.length, 2);
  await clock.advance(25);
  t.deepEqual(recordsIn(posted[2]), [[0, 'second', 0]]);
});

test('to expedite nothing does not concern the next record', async (t) => {
  const { clock, outbox, posted } = setUp();
  outbox.expedite();
  t.is(clock.timers, 0);
  await clock.advance(100);
  outbox.write([clock.now(), 'first']);
  await turn();
  t.is(posted.length, 1);
});

test('a request is posted at once, after the records before it', (t) => {
  const { outbox, posted } = setUp();
  outbox.write([NOON, 'one']);
  outbox.request({ kind: 'flush', id: 1 });
  t.deepEqual(recordsIn(posted[0]), [[0, 'one', 0]]);
  t.deepEqual(posted.slice(1), [{ kind: 'flush', id: 1 }]);
});

test('at most about 4 MiB are posted before the worker has received them', (t) => {
  const { outbox, posted, progress } = setUp();
  for (const _ of range(70)) outbox.write([NOON, 'x'.repeat(300_000)]);
  t.is(posted.length, 14);
  t.true(progress.receive(), 'the main thread asks for a notice');
  outbox.postNext();
  t.is(posted.length, 15);
  outbox.postAll();
  t.is(posted.length, 70);
});

test('the worker is asked for one notice, and for none while it keeps up', (t) => {
  const { outbox, progress } = setUp();
  outbox.write([NOON, 'x'.repeat(300_000)]);
  t.false(progress.receive());
  for (const _ of range(20)) outbox.write([NOON, 'x'.repeat(300_000)]);
  t.deepEqual([progress.receive(), progress.receive()], [true, false]);
});

test('memory that is shared with the worker is used again when the worker has received what was in it', (t) => {
  const { outbox, posted, progress } = setUp();
  const send = (text: string) => {
    outbox.write([NOON, text]);
    outbox.request({ kind: 'flush', id: 0 });
    return posted.at(-2) as Uint8Array;
  };
  const [first, second] = [send('first'), send('second')];
  t.true(first.buffer instanceof SharedArrayBuffer);
  t.not(second.buffer, first.buffer);
  progress.receive();
  t.is(send('third').buffer, first.buffer);
  t.deepEqual(recordsIn(first), [[0, 'third', 0]]);
  t.deepEqual(recordsIn(second), [[0, 'second', 0]]);
  const rest = range(20).map(() => send('more'));
  t.is(
    new Set([first, second, ...rest].filter(({ buffer }) => buffer instanceof SharedArrayBuffer)).size,
    16,
  );
  for (const _ of rest) progress.receive();
  t.true(send('again').buffer instanceof SharedArrayBuffer);
});

test('the outbox is full beyond the bound, until the worker has received enough', (t) => {
  const { outbox, progress } = setUp();
  for (const _ of range(84)) outbox.write([NOON, 'x'.repeat(100_000)]);
  t.true(outbox.isFull);
  for (const _ of range(42)) progress.receive();
  t.false(outbox.isFull);
});

test('records that wait to be posted count against the bound', (t) => {
  const { outbox, backpressure } = setUp();
  const text = 'x'.repeat(60_000);
  while (!backpressure.isFullWith(text.length)) backpressure.add(text);
  t.false(outbox.isFull);
  outbox.write([NOON, text]);
  t.true(outbox.isFull);
});

test('nothing is posted after the close, which returns what the worker had not begun with', async (t) => {
  const { clock, progress, outbox, posted } = setUp();
  const long = 'é'.repeat(70_000);
  for (const i of range(4)) outbox.write([NOON, `${i} ${long}`, NOON - i]);
  outbox.request({ kind: 'flush', id: 1 });
  outbox.write([NOON, 'joined']);
  t.is(posted.length, 5);
  progress.begin();
  progress.receive();
  progress.begin();
  t.deepEqual(outbox.close(), [
    [NOON, `2 ${long}`, NOON - 2, 0, undefined],
    [NOON, `3 ${long}`, NOON - 3, 0, undefined],
    [NOON, 'joined', 0, 0, undefined],
  ]);
  t.deepEqual(outbox.close(), []);
  await clock.advance(25);
  t.is(posted.length, 5);
});

test('of what follows the messages that the worker received, a close returns what it had not begun with', (t) => {
  const { outbox, progress } = setUp();
  const send = (text: string) => {
    outbox.write([NOON, text]);
    outbox.request({ kind: 'flush', id: 0 });
  };
  for (const text of ['one', 'two']) {
    send(text);
    progress.begin();
    progress.receive();
  }
  for (const text of ['three', 'four', 'five']) send(text);
  progress.begin();
  t.deepEqual(
    outbox.close().map(([, message]) => message),
    ['four', 'five'],
  );
});

test('a closed outbox posts none of its queue when the worker receives more', (t) => {
  const { outbox, posted, progress } = setUp();
  for (const _ of range(70)) outbox.write([NOON, 'x'.repeat(300_000)]);
  outbox.close();
  for (const _ of range(14)) progress.receive();
  outbox.postNext();
  outbox.postAll();
  t.is(posted.length, 14);
});

test('what the worker receives after the close makes no room beyond the bound', (t) => {
  const { outbox, progress, backpressure } = setUp();
  for (const _ of range(42)) outbox.write([NOON, 'x'.repeat(100_000)]);
  outbox.close();
  for (const _ of range(42)) progress.receive();
  outbox.postNext();
  for (const _ of range(84)) backpressure.add('x'.repeat(100_000));
  t.true(backpressure.isFull);
});

test('a close takes back from the bound what the outbox had added, and no more', async (t) => {
  const { outbox, backpressure } = setUp();
  const others = backpressure.add('held elsewhere');
  for (const text of ['posted', 'x'.repeat(5_000_000), 'waits to be posted']) {
    outbox.write([NOON, text]);
    await turn();
  }
  t.true(backpressure.isFullWith(4 * 1024 * 1024));
  outbox.close();
  t.false(backpressure.isFullWith(8 * 1024 * 1024 - others));
  t.true(backpressure.isFullWith(8 * 1024 * 1024 - others + 1));
});

test('a worker that goes on after the close begins with nothing more', (t) => {
  const { outbox, progress } = setUp();
  const inWorker = new WorkerProgress(progress.memory);
  for (const text of ['one', 'two']) {
    outbox.write([NOON, text]);
    outbox.request({ kind: 'flush', id: 0 });
  }
  t.true(inWorker.begin());
  t.deepEqual(
    outbox.close().map(([, message]) => message),
    ['two'],
  );
  t.false(inWorker.begin());
});

test('what the worker receives before it is asked for a notice makes room at once', (t) => {
  class Fast extends WorkerProgress {
    override askForNotice(): void {
      for (const _ of range(posted.length)) this.receive();
      super.askForNotice();
    }
  }
  const { outbox, posted } = setUp(new Fast());
  for (const _ of range(15)) outbox.write([NOON, 'x'.repeat(300_000)]); // the last one is beyond 4 MiB
  t.is(posted.length, 15);
});

test('memory of a burst is let go when the worker has received all of it', (t) => {
  const { outbox, posted, progress } = setUp();
  const send = () => {
    outbox.write([NOON, 'x']);
    outbox.request({ kind: 'flush', id: 0 });
    return (posted.at(-2) as Uint8Array).buffer;
  };
  const burst = range(20).map(send);
  for (const _ of burst) progress.receive();
  const next = range(20).map(send);
  t.is(new Set([...burst, ...next]).size, 20 + 20 - 2);
  for (const _ of next) progress.receive();
});
