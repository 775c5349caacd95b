import test from 'ava';
import fc from 'fast-check';
import type { Batch } from '../../../packages/core/dist/batch/batch.js';
import { toLogEvents } from '../../../packages/core/dist/batch/event.js';
import { type Copy, OpenBatches } from '../../../packages/core/dist/batch/open-batches.js';

const DAY = 86_400_000;
const NOON = Date.UTC(2026, 10, 24, 12);

function setUp() {
  const sealed: Batch[] = [];
  const open = new OpenBatches(
    (batch) => sealed.push(batch),
    () => undefined,
  );
  return {
    open,
    sealed,
    add(timestamp: number, message: string): void {
      for (const event of toLogEvents(timestamp, message)) open.add(event);
    },
    /** What was sealed so far, and is not told again. */
    news: () => sealed.splice(0).map((batch) => messages(batch).join(' ')),
  };
}

const messages = (batch: Batch) =>
  (JSON.parse(`[${batch.payload.toString()}]`) as { message: string }[]).map(({ message }) => message);

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

test('16 days are open at most; one more seals the one that was opened first', (t) => {
  const { add, news } = setUp();
  for (let day = 0; day < 16; day++) add(NOON - day * DAY, `${day}`);
  add(NOON, 'again');
  t.deepEqual(news(), []);
  add(NOON - 16 * DAY, '16');
  t.deepEqual(news(), ['0 again']);
  add(NOON, 'anew');
  t.deepEqual(news(), ['1']);
});

test('the oldest can be sealed alone', (t) => {
  const { open, add, news } = setUp();
  add(NOON, 'first');
  add(NOON - DAY, 'second');
  open.sealOldest();
  t.deepEqual(news(), ['first']);
  open.sealOldest();
  t.deepEqual(news(), ['second']);
  open.sealOldest();
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
        if (typeof step === 'string') open[step]();
        else {
          const [day, size] = step;
          add(NOON - day * DAY, 'x'.repeat(size));
          added += size;
        }
        const away = sealed.flatMap(messages).reduce((sum, { length }) => sum + length, 0);
        t.true(open.heldBytes >= added - away);
        t.is(open.heldBytes === 0, open.isEmpty);
      }
      open.sealAll();
      t.is(open.heldBytes, 0);
    }),
    { numRuns: 40 },
  );
});

test('each event goes to the copy of its batch as well, which is sealed with it', (t) => {
  const copies: string[][] = [];
  const sealedWith: (Copy | undefined)[] = [];
  const open = new OpenBatches(
    (_, copy) => sealedWith.push(copy),
    () => {
      const lines: string[] = [];
      copies.push(lines);
      return { append: (json) => lines.push(json.toString()), seal: () => lines.push('sealed') };
    },
  );
  for (const [timestamp, message] of [
    [NOON, 'a'],
    [NOON - DAY, 'b'],
    [NOON, 'c'],
  ] as const) {
    for (const event of toLogEvents(timestamp, message)) open.add(event);
  }
  open.sealOldest();
  const event = (timestamp: number, message: string) => JSON.stringify({ timestamp, message });
  t.deepEqual(copies, [[event(NOON, 'a'), event(NOON, 'c'), 'sealed'], [event(NOON - DAY, 'b')]]);
  open.sealAll();
  t.is(copies[1]?.at(-1), 'sealed');
  t.is(new Set(sealedWith).size, 2);
});
