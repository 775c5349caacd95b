import { Counters } from '@putlogs/core/internal';
import test from 'ava';

test('final counts that are read while a thread still writes are never negative, and add up', (t) => {
  const counters = new Counters();
  counters.accept(2, 2);
  counters.add('saved', 1);
  // As if the other thread had accepted and delivered a third event, and only part of that could be seen.
  counters.add('delivered', 3);
  t.like(counters.final(), { lost: 0, saved: 0, counts: { accepted: 3, delivered: 3, spooled: 0 } });
});

test('pending events are lost in the final counts, except those on disk', (t) => {
  const counters = new Counters();
  counters.accept(6, 5);
  counters.add('delivered', 1);
  counters.add('saved', 2);
  counters.add('writing', 1);
  t.like(counters.final(), {
    lost: 3,
    writing: 1,
    saved: 2,
    records: 5,
    counts: { accepted: 3, delivered: 1, spooled: 2 },
  });
});
