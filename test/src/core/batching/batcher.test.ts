import {
  type AppendedBytes,
  type Batch,
  Batcher,
  type BatchMirror,
  MAX_OPEN_BATCHES,
  toLogEvents,
} from '@putlogs/core/internal';
import test from 'ava';
import fc from 'fast-check';

const DAY = 86_400_000;
const NOON = Date.UTC(2026, 10, 24, 12);

function setUp(maxOpen = MAX_OPEN_BATCHES) {
  const sealed: Batch[] = [];
  /** For each call of the callback, the number of batches sealed before it. */
  const tooManyOpenBatches: number[] = [];
  const batcher = new Batcher<string, BatchMirror>(
    {
      sealed: (_, batch) => sealed.push(batch),
      tooManyOpenBatches: () => tooManyOpenBatches.push(sealed.length),
    },
    () => undefined,
    maxOpen,
  );
  return {
    batcher,
    sealed,
    tooManyOpenBatches,
    add(timestamp: number, message: string, destination = 'one'): void {
      for (const event of toLogEvents(timestamp, message)) batcher.add(destination, event);
    },
    /** Removes and returns the batches that were sealed so far. */
    takeSealed: () => sealed.splice(0).map((batch) => messages(batch).join(' ')),
  };
}

const messages = (batch: Batch) =>
  (JSON.parse(`[${batch.payload.toString()}]`) as { message: string }[]).map(({ message }) => message);

/** The JSON of the one new event. */
const lineOf = (source: AppendedBytes) => source.drainNew().toString().replace(/,\n$/, '');

test('each UTC day has a batch', (t) => {
  const { batcher, add, takeSealed } = setUp();
  add(NOON, 'a');
  add(NOON + DAY, 'b');
  add(NOON, 'c');
  t.deepEqual(takeSealed(), []);
  batcher.sealAll();
  t.deepEqual(takeSealed(), ['a c', 'b']);
  batcher.sealAll();
  t.deepEqual(takeSealed(), []);
});

test('a full batch is sealed, and its day continues in another', (t) => {
  const { batcher, add, sealed } = setUp();
  add(NOON + DAY, 'another day');
  for (let i = 0; i < 10_001; i++) add(NOON, 'x');
  t.deepEqual(
    sealed.map(({ size }) => size),
    [10_000],
  );
  batcher.sealAll();
  t.deepEqual(
    sealed.map(({ size }) => size),
    [10_000, 1, 1],
  );
});

test('each destination has a batch for each UTC day', (t) => {
  const { batcher, add, takeSealed } = setUp();
  add(NOON, 'a1', 'a');
  add(NOON, 'b1', 'b');
  add(NOON - DAY, 'a0', 'a');
  add(NOON, 'a2', 'a');
  add(NOON, 'b2', 'b');
  t.deepEqual(takeSealed(), []);
  batcher.sealAll();
  t.deepEqual(takeSealed(), ['a1 a2', 'b1 b2', 'a0']);
});

test('beyond the maximum of open batches the least recently used one is sealed', (t) => {
  const { batcher, add, takeSealed, tooManyOpenBatches } = setUp();
  for (let i = 0; i < MAX_OPEN_BATCHES; i++) add(NOON, `${i}`, `destination ${i}`);
  add(NOON, 'again', 'destination 0');
  t.deepEqual(takeSealed(), []);
  t.deepEqual(tooManyOpenBatches, []);
  add(NOON, 'one more', 'another destination');
  t.deepEqual(takeSealed(), ['1']);
  t.deepEqual(tooManyOpenBatches, [1]);
  // A due batch would be sealed anyway, so this is not reported.
  batcher.makeAllDue();
  add(NOON - DAY, 'another day', 'destination 0');
  t.is(takeSealed().length, 1);
  t.deepEqual(tooManyOpenBatches, [1]);
});

/** Adds events to the destinations in turn. @returns how many batches were sealed meanwhile */
function addInTurn(
  { add, sealed }: ReturnType<typeof setUp>,
  destinations: readonly string[],
  rounds: number,
) {
  const before = sealed.length;
  for (let round = 0; round < rounds; round++)
    for (const destination of destinations) add(NOON, 'x', destination);
  return sealed.length - before;
}

const numbered = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => `${prefix} ${i}`);

for (const [count, share] of [
  [60, 1 / 4],
  [100, 2 / 3],
] as const) {
  test(`events of ${count} destinations in turn share batches though only 50 may be open`, (t) => {
    const sealed = addInTurn(setUp(50), numbered('destination', count), 100);
    t.true(sealed <= count * 100 * share, `${sealed}`);
  });
}

test('destinations that are used once displace few of those that are used repeatedly', (t) => {
  const all = setUp(50);
  addInTurn(all, numbered('regular', 40), 3);
  addInTurn(all, numbered('once', 50), 1);
  t.is(all.sealed.length, 40);
  t.true(all.sealed.filter(({ size }) => size === 3).length <= 40 / 8 + 1);
});

test('destinations that are no longer used are displaced in the end', (t) => {
  const all = setUp(50);
  addInTurn(all, numbered('former', 50), 3);
  addInTurn(all, numbered('destination', 50), 40);
  t.true(addInTurn(all, numbered('destination', 50), 10) < 50);
});

test('due batches are sealed one by one, oldest first, if their destination can be sent to', (t) => {
  const { batcher, add, takeSealed } = setUp();
  for (const destination of ['a', 'b', 'c']) add(NOON, destination, destination);
  t.true(batcher.hasFresh);
  batcher.sealDue(() => true);
  t.deepEqual(takeSealed(), []);
  batcher.makeAllDue();
  t.false(batcher.hasFresh);
  add(NOON, 'joins', 'b');
  t.false(batcher.hasFresh);
  add(NOON, 'fresh', 'd');
  t.true(batcher.hasFresh);
  const asked: string[] = [];
  batcher.sealDue((destination) => {
    asked.push(destination);
    return destination !== 'a';
  });
  t.deepEqual(takeSealed(), ['b joins']);
  t.deepEqual(asked, ['a', 'b']);
  batcher.sealDue(() => true);
  batcher.sealDue(() => true);
  t.deepEqual(takeSealed(), ['c'], 'a destination that cannot be sent to is not asked again');
  batcher.recall('a');
  batcher.sealDue(() => true);
  t.deepEqual(takeSealed(), ['a']);
  batcher.sealAll();
  t.deepEqual(takeSealed(), ['fresh']);
  t.false(batcher.hasFresh);
});

const sorted = (map: ReadonlyMap<string, unknown>) => [...map].toSorted(([a], [b]) => (a < b ? -1 : 1));

test('in any sequence of calls destinations and days never mix, no event is lost or reordered, and the number of open batches stays limited', (t) => {
  const steps = fc.array(
    fc.oneof(
      { weight: 300, arbitrary: fc.record({ destination: fc.nat({ max: 300 }), day: fc.nat({ max: 3 }) }) },
      {
        weight: 1,
        arbitrary: fc.constantFrom('sealAll' as const, 'sealOldest' as const, 'makeAllDue' as const),
      },
      { weight: 1, arbitrary: fc.constant('sealDue' as const) },
    ),
    { maxLength: 1500, size: 'max' },
  );
  fc.assert(
    fc.property(steps, (script) => {
      const byKey = new Map<string, string[]>();
      const mirrored = new Map<string, string[]>();
      const openIds = new Set<number>();
      let mirrorCount = 0;
      const batcher = new Batcher<number, BatchMirror & { id: number }>(
        {
          sealed(destination, batch, mirror) {
            openIds.delete(mirror?.id ?? -1);
            const day = Math.floor(batch.firstTimestamp / DAY);
            t.is(Math.floor(batch.lastTimestamp / DAY), day);
            const key = `${destination} ${day}`;
            byKey.set(key, [...(byKey.get(key) ?? []), ...messages(batch)]);
          },
          tooManyOpenBatches: () => undefined,
        },
        (destination, timestamp) => {
          const key = `${destination} ${Math.floor(timestamp / DAY)}`;
          const lines = mirrored.get(key) ?? [];
          mirrored.set(key, lines);
          const id = mirrorCount++;
          openIds.add(id);
          return {
            id,
            append: (source) => lines.push(JSON.parse(lineOf(source)).message),
            seal: () => undefined,
          };
        },
      );
      const expected = new Map<string, string[]>();
      for (const [i, step] of script.entries()) {
        if (step === 'sealDue') batcher.sealDue((destination) => destination % 2 === 0);
        else if (step === 'sealOldest') batcher.sealOldest(i % 300);
        else if (typeof step === 'string') batcher[step]();
        else {
          const timestamp = NOON - step.day * DAY;
          const key = `${step.destination} ${Math.floor(timestamp / DAY)}`;
          expected.set(key, [...(expected.get(key) ?? []), `${key} #${i}`]);
          for (const event of toLogEvents(timestamp, `${key} #${i}`)) batcher.add(step.destination, event);
        }
        if (openIds.size > MAX_OPEN_BATCHES) t.fail(`${openIds.size} batches are open`);
      }
      batcher.sealAll();
      t.deepEqual(sorted(byKey), sorted(expected));
      t.deepEqual(sorted(mirrored), sorted(expected));
      t.true(batcher.isEmpty);
      t.is(batcher.heldBytes, 0);
    }),
    { numRuns: 30 },
  );
});

test('the oldest batch of one destination can be sealed', (t) => {
  const { batcher, add, takeSealed } = setUp();
  add(NOON, 'first');
  add(NOON - DAY, 'second');
  add(NOON - 2 * DAY, 'another destination', 'two');
  batcher.sealOldest('one');
  t.deepEqual(takeSealed(), ['first']);
  batcher.sealOldest('one');
  t.deepEqual(takeSealed(), ['second']);
  batcher.sealOldest('one');
  t.deepEqual(takeSealed(), []);
});

test('in any sequence of calls heldBytes is at least the size of the open messages', (t) => {
  const steps = fc.array(
    fc.oneof(
      { weight: 6, arbitrary: fc.tuple(fc.nat({ max: 20 }), fc.constantFrom(1, 100, 600_000)) },
      { weight: 1, arbitrary: fc.constantFrom('sealAll' as const, 'sealOldest' as const) },
    ),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(steps, (script) => {
      const { batcher, sealed, add } = setUp();
      let addedBytes = 0;
      for (const step of script) {
        if (step === 'sealOldest') batcher.sealOldest('one');
        else if (step === 'sealAll') batcher.sealAll();
        else {
          const [day, size] = step;
          add(NOON - day * DAY, 'x'.repeat(size));
          addedBytes += size;
        }
        const sealedBytes = sealed.flatMap(messages).reduce((sum, { length }) => sum + length, 0);
        t.true(batcher.heldBytes >= addedBytes - sealedBytes);
        t.is(batcher.heldBytes === 0, batcher.isEmpty);
        t.is(batcher.heldBytesOf('one'), batcher.heldBytes);
      }
      batcher.sealAll();
      t.is(batcher.heldBytes, 0);
    }),
    { numRuns: 40 },
  );
});

test('the mirror of a batch receives each of its events, and is sealed with it', (t) => {
  const mirrors: string[][] = [];
  const sealedWith: (BatchMirror | undefined)[] = [];
  const batcher = new Batcher<string, BatchMirror>(
    {
      sealed: (_destination, _batch, mirror) => sealedWith.push(mirror),
      tooManyOpenBatches: () => undefined,
    },
    () => {
      const lines: string[] = [];
      mirrors.push(lines);
      return { append: (source) => lines.push(lineOf(source)), seal: () => lines.push('sealed') };
    },
  );
  for (const [timestamp, message] of [
    [NOON, 'a'],
    [NOON - DAY, 'b'],
    [NOON, 'c'],
  ] as const) {
    for (const event of toLogEvents(timestamp, message)) batcher.add('one', event);
  }
  batcher.sealOldest('one');
  const event = (timestamp: number, message: string) => JSON.stringify({ timestamp, message });
  t.deepEqual(mirrors, [[event(NOON, 'a'), event(NOON, 'c'), 'sealed'], [event(NOON - DAY, 'b')]]);
  batcher.sealAll();
  t.is(mirrors[1]?.at(-1), 'sealed');
  t.is(new Set(sealedWith).size, 2);
});

test('a listener that logs the report of too many open batches breaks nothing', (t) => {
  const sealed: string[] = [];
  const batcher: Batcher<string, BatchMirror> = new Batcher(
    {
      sealed: (_, batch) => sealed.push(messages(batch).join(' ')),
      tooManyOpenBatches: () => {
        for (const event of toLogEvents(NOON, 'report')) batcher.add('two', event);
      },
    },
    () => undefined,
    1,
  );
  for (const event of toLogEvents(NOON, 'first')) batcher.add('one', event);
  for (const event of toLogEvents(NOON, 'second')) batcher.add('two', event);
  batcher.sealAll();
  t.deepEqual(sealed, ['first', 'second report']);
  t.is(batcher.eventCount, 0);
  t.is(batcher.heldBytes, 0);
});

test('a batch that takes one event after the other is used again, and stays open', (t) => {
  const { add, takeSealed } = setUp(2);
  add(NOON, 'a', 'one');
  add(NOON, 'b', 'two');
  // The eighth and so on stay anyway.
  add(NOON, 'c', 'three');
  t.deepEqual(takeSealed(), ['a']);
  add(NOON, 'd', 'three');
  add(NOON, 'e', 'four');
  t.deepEqual(takeSealed(), ['b'], 'and not the one that was just used');
});
