import { CHAOS, seededRandom } from '@putlogs/local';
import test from 'ava';
import { bench } from '../support.js';

const SHARES = [
  ['throttle', 0.05],
  ['error500', 0.03],
  ['reset', 0.02],
  ['slow', 0.01],
  ['lostAnswer', 0.01],
] as const;

for (const operation of ['PutLogEvents', 'CreateLogGroup', 'CreateLogStream']) {
  test(`${operation} has each fault in its share`, async (t) => {
    let draws: number[] = [];
    const made = await bench(t, { random: () => draws.shift() ?? 1 });
    for (const fault of CHAOS) made.local.fault(fault.kind === 'slow' ? { ...fault, delayMs: 0 } : fault);
    const met = async (...given: number[]) => {
      draws = given;
      await made.raw(operation, '{}').catch(() => undefined);
      t.deepEqual(draws, []);
      return made.local.requests.at(-1)?.fault;
    };
    for (const [index, [kind, share]] of SHARES.entries()) {
      const passed = SHARES.slice(0, index).map(([, before]) => before);
      t.is(await met(...passed, share - 1e-9), kind);
      t.is(await met(...passed, share), undefined);
    }
  });
}

test('a slow answer is two seconds late', (t) => {
  const delays = CHAOS.flatMap((fault) => ('delayMs' in fault ? [fault.delayMs] : []));
  t.deepEqual(delays, [2_000, 2_000, 2_000]);
});

test('other operations have no faults', async (t) => {
  const made = await bench(t, { random: () => 0 });
  for (const fault of CHAOS) made.local.fault(fault);
  for (const operation of ['DeleteLogGroup', 'PutRetentionPolicy', 'TagResource', 'GetLogEvents']) {
    await made.raw(operation, '{}');
    t.like(made.local.requests.at(-1), { operation, fault: undefined });
  }
});

test('a seed always gives the same numbers', (t) => {
  const random = seededRandom(42);
  t.deepEqual([random(), random(), random()], [0.6011037519201636, 0.44829055899754167, 0.8524657934904099]);
});

for (const seed of [0, 1, 2 ** 32 - 1]) {
  test(`the numbers of seed ${seed} are evenly distributed in [0, 1)`, (t) => {
    const random = seededRandom(seed);
    const tenths = new Array<number>(10).fill(0);
    for (let count = 0; count < 10_000; count++) {
      const tenth = Math.floor(random() * 10);
      tenths[tenth] = (tenths[tenth] ?? Number.NaN) + 1;
    }
    t.true(
      tenths.every((count) => count > 900 && count < 1_100),
      String(tenths),
    );
  });
}
