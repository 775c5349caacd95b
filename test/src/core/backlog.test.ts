import test from 'ava';
import fc from 'fast-check';
import { Backlog } from '../../../packages/core/dist/backlog.js';
import { Batch } from '../../../packages/core/dist/batch/batch.js';
import { takeMemory } from '../../../packages/core/dist/batch/memory.js';
import { type BatchSender, Parcel, type StoredBatch } from '../../../packages/core/dist/parcel.js';

const sender: BatchSender = {
  addressFor: () => ({ logGroupName: '/test/app', logStreamName: 'stream', entity: undefined }),
  send: () => Promise.reject(new Error('nothing is sent here')),
};

const always = () => true;

const batchWith = (timestamp: number, message: string) => Batch.of([JSON.stringify({ timestamp, message })]);

const batchOf = (bytes: number) => batchWith(1_795_521_600_000, 'x'.repeat(bytes));

function storedAs(isWritten: boolean): StoredBatch {
  return {
    isKept: true,
    isWritten,
    written: Promise.resolve(isWritten),
    mayLeaveMemory: () => isWritten,
    release: () => undefined,
    read: () => Promise.resolve({ kind: 'read', batch: batchOf(100) }),
    accepted: () => undefined,
    settle: () => undefined,
    leave: () => undefined,
  };
}

/** Takes one out, if it is there. */
function take(backlog: Backlog, parcel: Parcel | undefined): Parcel | undefined {
  if (parcel !== undefined) backlog.complete(parcel);
  return parcel;
}

function takeAll(backlog: Backlog, parcels = backlog.all()): Parcel[] {
  for (const parcel of parcels) backlog.complete(parcel);
  return parcels;
}

const positions = (parcels: readonly Parcel[]) => parcels.map(({ position }) => position);

/** What is launched, and done with, one after the other. */
function launchAll(backlog: Backlog): number[] {
  const launched: Parcel[] = [];
  for (let next = backlog.launchOldest(always); next !== undefined; next = backlog.launchOldest(always)) {
    launched.push(next);
    backlog.complete(next);
  }
  return positions(launched);
}

/** So many batches of one event; those at these positions are on disk, all of them or not yet. */
function backlogOf(count: number, stored: Readonly<Record<number, boolean>> = {}): Backlog {
  const backlog = new Backlog();
  for (let i = 0; i < count; i++) {
    const isWritten = stored[i];
    backlog.add(sender, batchOf(100), isWritten === undefined ? undefined : storedAs(isWritten));
  }
  return backlog;
}

/** So many are in flight. */
function launch(backlog: Backlog, count: number): Parcel[] {
  return Array.from({ length: count }, () => {
    const parcel = backlog.launchOldest(always);
    if (parcel === undefined) throw new Error('nothing waits');
    return parcel;
  });
}

for (const [what, order] of [
  ['in order', [0, 1, 2, 3]],
  ['in reverse', [3, 2, 1, 0]],
  ['in any order', [2, 0, 3, 1]],
] as const) {
  test(`what comes back ${what} takes its old place`, (t) => {
    const backlog = backlogOf(6);
    const inFlight = launch(backlog, 4);
    for (const index of order) {
      const parcel = inFlight[index];
      if (parcel !== undefined) backlog.requeue(parcel);
    }
    t.deepEqual(launchAll(backlog), [0, 1, 2, 3, 4, 5]);
    t.true(backlog.isEmpty);
  });
}

test('the parts of a batch take its place', (t) => {
  const backlog = new Backlog();
  const batch = Batch.of(['a', 'b', 'c'].map((message) => JSON.stringify({ timestamp: 0, message })));
  for (const one of [batchOf(1), batch, batchOf(1)]) backlog.add(sender, one);
  const [, middle, last] = launch(backlog, 3);
  const halves = middle?.halves(batch);
  if (middle === undefined || last === undefined || halves === undefined) return t.fail();
  backlog.requeue(last);
  backlog.requeue(middle, halves);
  t.false(backlog.isInFlight(middle));
  t.is(backlog.inFlight, 1);
  t.deepEqual(launchAll(backlog), [1, 2, 4]);
  t.true(backlog.isSettled(0));
  t.false(backlog.isSettled(1), 'the first is in flight');
});

test('all are taken at once, oldest first, and those in flight with them', (t) => {
  const backlog = backlogOf(3);
  launch(backlog, 1);
  t.deepEqual(positions(takeAll(backlog)), [0, 1, 2]);
  t.is(backlog.heldBytes, 0);
  t.is(backlog.inFlight, 0);
  t.is(take(backlog, backlog.oldestInMemory(sender)), undefined);
  t.deepEqual(takeAll(backlog), []);
});

/** The same in the plainest way: one array, and a look at all of it for each question. */
class Model {
  all: { position: number; size: number; sender: number; isKept: boolean; isInFlight: boolean }[] = [];
  readonly isFree = [true, true, true];

  waiting() {
    return this.all.filter(({ isInFlight }) => !isInFlight).toSorted((a, b) => a.position - b.position);
  }

  inFlight() {
    return this.all.filter(({ isInFlight }) => isInFlight);
  }

  remove(position: number): void {
    this.all = this.all.filter((one) => one.position !== position);
  }
}

type Step =
  | { readonly do: 'add'; readonly sender: number; readonly size: number; readonly isKept: boolean }
  | { readonly do: 'turn'; readonly sender: number }
  | { readonly do: 'launch' | 'take' | 'takeOnDisk' | 'takeInMemoryAlone' }
  | { readonly do: 'complete' | 'requeue' | 'split'; readonly which: number };

const sender3 = fc.nat({ max: 2 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('add' as const),
      sender: sender3,
      size: fc.integer({ min: 1, max: 5 }),
      isKept: fc.boolean(),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('launch' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('turn' as const), sender: sender3 }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('complete' as const, 'requeue' as const, 'split' as const),
      which: fc.nat({ max: 9 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom('take' as const, 'takeOnDisk' as const, 'takeInMemoryAlone' as const),
    }),
  },
);

test('whatever comes and goes: it does what one array would do that is searched each time', (t) => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (script) => {
      const freed: BatchSender[] = [];
      const backlog = new Backlog((one) => freed.push(one));
      const senders = [0, 1, 2].map(() => ({ ...sender }));
      const parcels = new Map<number, Parcel>();
      const model = new Model();
      const mayGo = (one: BatchSender, inFlight: number) =>
        (model.isFree[senders.indexOf(one)] ?? false) && inFlight < 2;
      for (const one of script) {
        switch (one.do) {
          case 'add': {
            const events = Array.from({ length: one.size }, (_, i) =>
              JSON.stringify({ timestamp: i, message: `${i}` }),
            );
            const to = senders[one.sender] ?? sender;
            const position = backlog.end;
            backlog.add(to, Batch.of(events), one.isKept ? storedAs(true) : undefined);
            model.all.push({ ...one, position, isInFlight: false });
            break;
          }
          case 'turn': {
            model.isFree[one.sender] = !model.isFree[one.sender];
            backlog.recall(senders[one.sender] ?? sender);
            break;
          }
          case 'launch': {
            const expected = model
              .waiting()
              .find(
                (waits) =>
                  model.isFree[waits.sender] &&
                  model.inFlight().filter((flies) => flies.sender === waits.sender).length < 2,
              );
            const launched = backlog.launchOldest(mayGo);
            t.is(launched?.position, expected?.position);
            if (expected === undefined || launched === undefined) break;
            expected.isInFlight = true;
            parcels.set(expected.position, launched);
            break;
          }
          case 'complete':
          case 'requeue':
          case 'split': {
            const flies = model.inFlight()[one.which];
            const parcel = flies && parcels.get(flies.position);
            if (flies === undefined || parcel === undefined) break;
            t.true(backlog.isInFlight(parcel));
            freed.length = 0;
            const halves = one.do === 'split' && parcel.batch && parcel.halves(parcel.batch);
            if (halves) {
              backlog.requeue(parcel, halves);
              model.remove(flies.position);
              for (const { position, size } of halves)
                model.all.push({ ...flies, position, size, isInFlight: false });
            } else if (one.do === 'complete') {
              backlog.complete(parcel);
              model.remove(flies.position);
            } else {
              backlog.requeue(parcel);
              flies.isInFlight = false;
            }
            t.true(freed.includes(parcel.sender));
            t.false(backlog.isInFlight(parcel));
            break;
          }
          case 'take':
          case 'takeOnDisk': {
            const onDisk = one.do === 'takeOnDisk';
            const mayGo = model.waiting().filter(({ isKept }) => isKept || !onDisk);
            const owner = senders[mayGo[0]?.sender ?? 0] ?? sender;
            const taken = take(backlog, onDisk ? backlog.oldestOnDisk() : backlog.oldestInMemory(owner));
            const [oldest] = mayGo;
            t.is(taken?.position, oldest?.position);
            if (oldest !== undefined) model.remove(oldest.position);
            break;
          }
          case 'takeInMemoryAlone': {
            const expected = model.all.filter(({ isKept }) => !isKept).map(({ position }) => position);
            t.deepEqual(
              positions(takeAll(backlog, backlog.inMemoryAlone())),
              expected.toSorted((a, b) => a - b),
            );
            for (const position of expected) model.remove(position);
          }
        }
        t.is(backlog.inFlight, model.inFlight().length);
        t.is(backlog.isEmpty, model.all.length === 0);
        t.is(
          backlog.events,
          model.all.reduce((sum, { size }) => sum + size, 0),
        );
        for (const [i, one] of senders.entries()) {
          t.is(
            backlog.isWaitingFor(one),
            model.waiting().some((waits) => waits.sender === i),
          );
          t.is(backlog.inFlightOf(one), model.inFlight().filter((flies) => flies.sender === i).length);
        }
        t.is(
          senders.reduce((sum, one) => sum + backlog.heldBytesOf(one), 0),
          backlog.heldBytes,
        );
        const oldest = Math.min(...model.all.map(({ position }) => position), backlog.end);
        t.true(backlog.isSettled(oldest));
        t.is(backlog.isSettled(oldest + 1), model.all.length === 0);
      }
      for (const taken of takeAll(backlog)) model.remove(taken.position);
      t.is(model.all.length, 0);
      t.is(backlog.heldBytes, 0);
    }),
    { numRuns: 400 },
  );
});

test('of what is on disk the newest is forgotten first, and takes its place all the same', async (t) => {
  const backlog = backlogOf(4, { 0: true, 1: true, 3: false });
  const each = backlog.heldBytes / 4;
  t.is(backlog.forgetNewest(1), each);
  t.is(backlog.heldBytes, 3 * each);
  t.is(backlog.forgetNewest(1), each);
  t.is(backlog.heldBytes, 2 * each);
  t.is(backlog.forgetNewest(1), 0, 'the others are in memory alone');
  const [oldest] = launch(backlog, 1);
  t.is(oldest?.position, 0);
  t.is(backlog.heldBytes, 2 * each, 'it took none');
  t.is((await oldest?.read())?.kind, 'read');
  t.deepEqual(oldest?.batch?.events(), batchOf(100).events());
  t.deepEqual(positions(takeAll(backlog)), [0, 1, 2, 3]);
  t.is(backlog.heldBytes, 0);
});

test('parts are left to the disk, which has the whole, and each is read from there again', async (t) => {
  const events = ['a', 'b', 'c', 'd', 'e'].map((message) => JSON.stringify({ timestamp: 0, message }));
  const whole = Batch.of(events);
  let settled = 0;
  const stored: StoredBatch = {
    ...storedAs(true),
    read: () => Promise.resolve({ kind: 'read', batch: Batch.of(events) }),
    settle: (count) => {
      settled += count;
    },
  };
  const backlog = new Backlog();
  backlog.add(sender, whole, stored);
  const split = (parcel: Parcel | undefined) => {
    const halves = parcel?.batch && parcel.halves(parcel.batch);
    if (parcel === undefined || halves === undefined) throw new Error('it has no halves');
    backlog.requeue(parcel, halves);
  };
  split(launch(backlog, 1)[0]);
  const [delivered, later] = launch(backlog, 2);
  split(later);
  t.true(backlog.forgetNewest(Number.POSITIVE_INFINITY) > 0);
  if (delivered !== undefined) backlog.complete(delivered);
  t.is(backlog.heldBytes, 0);
  const parts = launch(backlog, 2);
  const texts: unknown[] = [];
  for (const part of parts) {
    t.is((await part.read()).kind, 'read');
    texts.push(part.batch?.events());
    part.settle({ kind: 'dropped', reason: 'bufferFull' });
  }
  t.deepEqual(texts, [events.slice(2, 3), events.slice(3)]);
  t.is(settled, 3);
});

test('what has other times than the disk has does not leave memory', (t) => {
  const backlog = backlogOf(1, { 0: true });
  const [parcel] = launch(backlog, 1);
  if (parcel === undefined) return t.fail();
  backlog.requeue(parcel, parcel.replacedBy([batchWith(1, 'x')]));
  t.is(backlog.forgetNewest(Number.POSITIVE_INFINITY), 0);
  t.true(backlog.heldBytes > 0);
});

test('what is in flight is not forgotten, and takes its memory back', async (t) => {
  const backlog = backlogOf(2, { 0: true, 1: true });
  const each = backlog.heldBytes / 2;
  const [first] = launch(backlog, 1);
  if (first === undefined) return t.fail();
  t.is(backlog.forgetNewest(Number.POSITIVE_INFINITY), each);
  t.is(backlog.heldBytes, 0);
  backlog.requeue(first);
  t.is(backlog.heldBytes, each);
});

test('memory of a batch is for others when it is let go of, unless the disk still reads it', (t) => {
  for (const [what, isWritten, isFree] of [
    ['no disk', undefined, true],
    ['the disk has it', true, true],
    ['the disk has not all of it', false, false],
  ] as const) {
    const memory = takeMemory();
    const batch = new Batch(1, memory);
    const stored = isWritten === undefined ? undefined : storedAs(isWritten);
    Parcel.sealed(0, sender, batch, stored).release();
    t.is(takeMemory().buffer === memory.buffer, isFree, what);
  }
});

test('to free memory what is on disk alone is not taken', (t) => {
  const backlog = backlogOf(3, { 0: true, 2: true });
  backlog.forgetNewest(Number.POSITIVE_INFINITY);
  t.is(take(backlog, backlog.oldestInMemory(sender))?.position, 1);
  t.is(backlog.heldBytes, 0);
  t.is(take(backlog, backlog.oldestInMemory(sender)), undefined);
  t.is(takeAll(backlog).length, 2);
});

test('a sender that may not go holds up no other, and is asked again when it is recalled, or one of its own lands', (t) => {
  const backlog = new Backlog();
  const other: BatchSender = { ...sender };
  for (const one of [sender, other, sender]) backlog.add(one, batchOf(1), undefined);
  const asked: BatchSender[] = [];
  const onlyOther = (one: BatchSender) => {
    asked.push(one);
    return one === other;
  };
  const launched = backlog.launchOldest(onlyOther);
  t.is(launched?.sender, other);
  t.is(backlog.launchOldest(onlyOther), undefined);
  t.deepEqual(asked, [sender, other], 'each was asked once');
  backlog.recall(sender);
  const one = (_: BatchSender, inFlight: number) => inFlight === 0;
  const first = backlog.launchOldest(one);
  t.is(first?.position, 0);
  t.is(backlog.launchOldest(one), undefined, 'of its own it has one in flight');
  t.is(backlog.inFlightOf(sender), 1);
  if (first !== undefined) backlog.complete(first);
  t.is(backlog.launchOldest(one)?.position, 2);
});

test('the oldest on disk is taken past those that are in memory alone', (t) => {
  const backlog = backlogOf(3, { 1: false, 2: true });
  t.is(take(backlog, backlog.oldestOnDisk())?.position, 1);
  t.is(take(backlog, backlog.oldestOnDisk())?.position, 2);
  t.is(take(backlog, backlog.oldestOnDisk()), undefined);
  t.deepEqual(launchAll(backlog), [0]);
});

test('what earlier processes left stands in front, those found later before those found first', (t) => {
  const backlog = new Backlog();
  backlog.add(sender, batchOf(1), undefined);
  const found = (size: number) => ({
    sender,
    stored: storedAs(true),
    outline: { size, begin: 0, end: 0 },
  });
  backlog.addFound([found(3), found(4)]);
  backlog.addFound([found(5)]);
  t.deepEqual(launchAll(backlog), [-12, -7, -4, 0]);
});

test('what is not on disk is taken, from those that wait and those in flight', (t) => {
  const backlog = backlogOf(4, { 1: true, 3: true });
  const [first, second] = launch(backlog, 2);
  if (first === undefined || second === undefined) return t.fail();
  t.deepEqual(positions(takeAll(backlog, backlog.inMemoryAlone())), [0, 2]);
  t.false(backlog.isInFlight(first));
  t.true(backlog.isInFlight(second));
  backlog.complete(second);
  t.deepEqual(launchAll(backlog), [3]);
  t.is(backlog.heldBytes, 0);
});

test('however many wait, all can be taken at once', (t) => {
  const backlog = new Backlog();
  const batch = batchOf(1);
  const outline = { size: 1, begin: 0, end: 0 };
  const stored = (isKept: boolean): StoredBatch => ({
    isKept,
    isWritten: isKept,
    written: Promise.resolve(isKept),
    mayLeaveMemory: () => isKept,
    release: () => undefined,
    read: () => Promise.resolve({ kind: 'read', batch }),
    accepted: () => undefined,
    settle: () => undefined,
    leave: () => undefined,
  });
  const [kept, lost] = [stored(true), stored(false)];
  const found = Array.from({ length: 200_000 }, (_, i) => ({
    sender,
    stored: i === 0 ? lost : kept,
    outline,
  }));
  backlog.addFound(found);
  t.is(takeAll(backlog, backlog.inMemoryAlone()).length, 1);
  t.is(takeAll(backlog).length, 199_999);
});
