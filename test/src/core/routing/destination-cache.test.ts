import { DestinationCache } from '@putlogs/core/internal';
import test from 'ava';
import { ManualClock } from '../../support/manual-clock.js';

const MINUTE = 60_000;

function setUp(max: number) {
  const clock = new ManualClock();
  const destinations = new DestinationCache<string>(max, clock);
  let created = 0;
  return { clock, get: (key: string) => destinations.get(key, () => `${key} #${created++}`) };
}

test('each key gets one destination, up to the maximum; further keys get none', (t) => {
  const { get } = setUp(2);
  t.is(get('a'), 'a #0');
  t.is(get('b'), 'b #1');
  t.is(get('c'), undefined);
  t.is(get('a'), 'a #0');
  t.is(get('c'), undefined);
});

test('a destination without records for ten minutes is evicted if another needs its place; one in use is not', async (t) => {
  const { clock, get } = setUp(2);
  get('idle');
  get('busy');
  for (let i = 0; i < 9; i++) {
    await clock.advance(MINUTE);
    get('busy');
    t.is(get('new'), undefined);
  }
  await clock.advance(MINUTE);
  t.is(get('new'), 'new #2');
  t.is(get('busy'), 'busy #1');
  t.is(get('idle'), undefined);
});

test('keys that got no destination do not keep others out', async (t) => {
  const { clock, get } = setUp(1);
  get('first');
  for (let i = 0; i < 100; i++) {
    t.is(get(`made up ${i}`), undefined);
    await clock.advance(MINUTE / 10);
  }
  t.is(get('at last'), 'at last #1');
});
