import { DestinationCache } from '@putlogs/core/internal';
import test from 'ava';
import { ManualClock } from '../../support/manual-clock.js';

const MINUTE = 60_000;

function setUp(max: number) {
  const clock = new ManualClock();
  const destinations = new DestinationCache<string>(max, clock);
  let made = 0;
  return { clock, get: (key: string) => destinations.get(key, () => `${key} #${made++}`) };
}

test('each key has one destination, up to so many; a further one has none', (t) => {
  const { get } = setUp(2);
  t.is(get('a'), 'a #0');
  t.is(get('b'), 'b #1');
  t.is(get('c'), undefined);
  t.is(get('a'), 'a #0');
  t.is(get('c'), undefined);
});

test('one that took no record for ten minutes gives its place to another, and one in use keeps it', async (t) => {
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

test('names that nobody needs do not keep others out by being asked for', async (t) => {
  const { clock, get } = setUp(1);
  get('first');
  for (let i = 0; i < 100; i++) {
    t.is(get(`made up ${i}`), undefined);
    await clock.advance(MINUTE / 10);
  }
  t.is(get('at last'), 'at last #1');
});
