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
  /** When it was told, in batches sealed by then. */
  const tooManyOpenBatches: number[] = [];
  const open = new Batcher<string, BatchMirror>(
    {
      sealed: (_, batch) => sealed.push(batch),
      tooManyOpenBatches: () => tooManyOpenBatches.push(sealed.length),
    },
    () => undefined,
    maxOpen,
  );
  return {
    open,
    sealed,
    tooManyOpenBatches,
    add(timestamp: number, message: string, target = 'one'): void {
      for (const event of toLogEvents(timestamp, message)) open.add(target, event);
    },
    /** What was sealed so far, and is not told again. */
    news: () => sealed.splice(0).map((batch) => messages(batch).join(' ')),
  };
}

const messages = (batch: Batch) =>
  (JSON.parse(`[${batch.payload.toString()}]`) as { message: string }[]).map(({ message }) => message);

/** The JSON of the one event that is new. */
const lineOf = (source: AppendedBytes) => source.drainNew().toString().replace(/,\n$/, '');

test('each day has its batch', (t) => {
  const { open, add, news } = setUp();
  add(NOON, 'a');
  add(NOON + DAY, 'b');
  add(NOON, 'c');
  t.deepEqual(news(), []);
  open.sealAll();
  t.deepEqual(news(), ['a c', 'b']);
  open.sealAll();
  t.deepEqual(news(), []);
});

test('a full batch is sealed, and its day goes on in another', (t) => {
  const { open, add, sealed } = setUp();
  add(NOON + DAY, 'another day');
  for (let i = 0; i < 10_001; i++) add(NOON, 'x');
  t.deepEqual(
    sealed.map(({ size }) => size),
    [10_000],
  );
  open.sealAll();
  t.deepEqual(
    sealed.map(({ size }) => size),
    [10_000, 1, 1],
  );
});

test('each target has its batch, and in it each day', (t) => {
  const { open, add, news } = setUp();
  add(NOON, 'a1', 'a');
  add(NOON, 'b1', 'b');
  add(NOON - DAY, 'a0', 'a');
  add(NOON, 'a2', 'a');
  add(NOON, 'b2', 'b');
  t.deepEqual(news(), []);
  open.sealAll();
  t.deepEqual(news(), ['a1 a2', 'b1 b2', 'a0']);
});

test('so many are open at most; one more seals the one that was used least recently', (t) => {
  const { open, add, news, tooManyOpenBatches } = setUp();
  for (let i = 0; i < MAX_OPEN_BATCHES; i++) add(NOON, `${i}`, `target ${i}`);
  add(NOON, 'again', 'target 0');
  t.deepEqual(news(), []);
  t.deepEqual(tooManyOpenBatches, []);
  add(NOON, 'one more', 'another target');
  t.deepEqual(news(), ['1']);
  t.deepEqual(tooManyOpenBatches, [0]);
  // What has waited long enough goes in its time.
  open.makeAllDue();
  add(NOON - DAY, 'another day', 'target 0');
  t.is(news().length, 1);
  t.deepEqual(tooManyOpenBatches, [0]);
});

/** Adds to the targets in turn. @returns how many were sealed meanwhile */
function addInTurn({ add, sealed }: ReturnType<typeof setUp>, targets: readonly string[], rounds: number) {
  const before = sealed.length;
  for (let round = 0; round < rounds; round++) for (const target of targets) add(NOON, 'x', target);
  return sealed.length - before;
}

const named = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => `${prefix} ${i}`);

for (const [targets, share] of [
  [60, 1 / 4],
  [100, 2 / 3],
] as const) {
  test(`${targets} targets in turn, of which 50 may be open: events still share batches`, (t) => {
    const sealed = addInTurn(setUp(50), named('target', targets), 100);
    t.true(sealed <= targets * 100 * share, `${sealed}`);
  });
}

test('targets that are used once take few places of those that are used again and again', (t) => {
  const all = setUp(50);
  addInTurn(all, named('regular', 40), 3);
  addInTurn(all, named('once', 50), 1);
  t.is(all.sealed.length, 40);
  t.true(all.sealed.filter(({ size }) => size === 3).length <= 40 / 8 + 1);
});

test('targets that are used no more give their places to others in the end', (t) => {
  const all = setUp(50);
  addInTurn(all, named('former', 50), 3);
  addInTurn(all, named('target', 50), 40);
  t.true(addInTurn(all, named('target', 50), 10) < 50);
});

test('what has expired is sealed one by one, oldest first, where its target may be sent to', (t) => {
  const { open, add, news } = setUp();
  for (const target of ['a', 'b', 'c']) add(NOON, target, target);
  t.true(open.hasFresh);
  open.sealDue(() => true);
  t.deepEqual(news(), []);
  open.makeAllDue();
  t.false(open.hasFresh);
  add(NOON, 'joins', 'b');
  t.false(open.hasFresh);
  add(NOON, 'fresh', 'd');
  t.true(open.hasFresh);
  const asked: string[] = [];
  open.sealDue((target) => {
    asked.push(target);
    return target !== 'a';
  });
  t.deepEqual(news(), ['b joins']);
  t.deepEqual(asked, ['a', 'b']);
  open.sealDue(() => true);
  open.sealDue(() => true);
  t.deepEqual(news(), ['c'], 'one that may not is not asked again');
  open.recall('a');
  open.sealDue(() => true);
  t.deepEqual(news(), ['a']);
  open.sealAll();
  t.deepEqual(news(), ['fresh']);
  t.false(open.hasFresh);
});

const sorted = (map: ReadonlyMap<string, unknown>) => [...map].toSorted(([a], [b]) => (a < b ? -1 : 1));

test('whatever comes and goes: targets and days never mix, nothing is lost or changes its order, and open are few', (t) => {
  const steps = fc.array(
    fc.oneof(
      { weight: 300, arbitrary: fc.record({ target: fc.nat({ max: 300 }), day: fc.nat({ max: 3 }) }) },
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
      const copies = new Map<string, string[]>();
      const opened = new Set<number>();
      let copyCount = 0;
      const open = new Batcher<number, BatchMirror & { id: number }>(
        {
          sealed(target, batch, copy) {
            opened.delete(copy?.id ?? -1);
            const day = Math.floor(batch.firstTimestamp / DAY);
            t.is(Math.floor(batch.lastTimestamp / DAY), day);
            byKey.set(`${target} ${day}`, [...(byKey.get(`${target} ${day}`) ?? []), ...messages(batch)]);
          },
          tooManyOpenBatches: () => undefined,
        },
        (target, timestamp) => {
          const key = `${target} ${Math.floor(timestamp / DAY)}`;
          const lines = copies.get(key) ?? [];
          copies.set(key, lines);
          const id = copyCount++;
          opened.add(id);
          return {
            id,
            append: (source) => lines.push(JSON.parse(lineOf(source)).message),
            seal: () => undefined,
          };
        },
      );
      const expected = new Map<string, string[]>();
      for (const [i, step] of script.entries()) {
        if (step === 'sealDue') open.sealDue((target) => target % 2 === 0);
        else if (step === 'sealOldest') open.sealOldest(i % 300);
        else if (typeof step === 'string') open[step]();
        else {
          const timestamp = NOON - step.day * DAY;
          const key = `${step.target} ${Math.floor(timestamp / DAY)}`;
          expected.set(key, [...(expected.get(key) ?? []), `${key} #${i}`]);
          for (const event of toLogEvents(timestamp, `${key} #${i}`)) open.add(step.target, event);
        }
        if (opened.size > MAX_OPEN_BATCHES) t.fail(`${opened.size} are open`);
      }
      open.sealAll();
      t.deepEqual(sorted(byKey), sorted(expected));
      t.deepEqual(sorted(copies), sorted(expected));
      t.true(open.isEmpty);
      t.is(open.heldBytes, 0);
    }),
    { numRuns: 30 },
  );
});

test('the oldest of a target can be sealed alone', (t) => {
  const { open, add, news } = setUp();
  add(NOON, 'first');
  add(NOON - DAY, 'second');
  add(NOON - 2 * DAY, 'of another', 'two');
  open.sealOldest('one');
  t.deepEqual(news(), ['first']);
  open.sealOldest('one');
  t.deepEqual(news(), ['second']);
  open.sealOldest('one');
  t.deepEqual(news(), []);
});

test('the bytes held are at least those of what is open, whatever comes and goes', (t) => {
  const steps = fc.array(
    fc.oneof(
      { weight: 6, arbitrary: fc.tuple(fc.nat({ max: 20 }), fc.constantFrom(1, 100, 600_000)) },
      { weight: 1, arbitrary: fc.constantFrom('sealAll' as const, 'sealOldest' as const) },
    ),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(steps, (script) => {
      const { open, sealed, add } = setUp();
      let added = 0;
      for (const step of script) {
        if (step === 'sealOldest') open.sealOldest('one');
        else if (step === 'sealAll') open.sealAll();
        else {
          const [day, size] = step;
          add(NOON - day * DAY, 'x'.repeat(size));
          added += size;
        }
        const away = sealed.flatMap(messages).reduce((sum, { length }) => sum + length, 0);
        t.true(open.heldBytes >= added - away);
        t.is(open.heldBytes === 0, open.isEmpty);
        t.is(open.heldBytesOf('one'), open.heldBytes);
      }
      open.sealAll();
      t.is(open.heldBytes, 0);
    }),
    { numRuns: 40 },
  );
});

test('each event goes to the copy of its batch as well, which is sealed with it', (t) => {
  const copies: string[][] = [];
  const sealedWith: (BatchMirror | undefined)[] = [];
  const open = new Batcher<string, BatchMirror>(
    { sealed: (_target, _batch, copy) => sealedWith.push(copy), tooManyOpenBatches: () => undefined },
    () => {
      const lines: string[] = [];
      copies.push(lines);
      return { append: (source) => lines.push(lineOf(source)), seal: () => lines.push('sealed') };
    },
  );
  for (const [timestamp, message] of [
    [NOON, 'a'],
    [NOON - DAY, 'b'],
    [NOON, 'c'],
  ] as const) {
    for (const event of toLogEvents(timestamp, message)) open.add('one', event);
  }
  open.sealOldest('one');
  const event = (timestamp: number, message: string) => JSON.stringify({ timestamp, message });
  t.deepEqual(copies, [[event(NOON, 'a'), event(NOON, 'c'), 'sealed'], [event(NOON - DAY, 'b')]]);
  open.sealAll();
  t.is(copies[1]?.at(-1), 'sealed');
  t.is(new Set(sealedWith).size, 2);
});
