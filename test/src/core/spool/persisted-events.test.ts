import { PersistedEvents } from '@putlogs/core/internal';
import test from 'ava';

function setUp() {
  let [count, writing] = [0, 0];
  const events = new PersistedEvents((by, writingBy) => {
    count += by;
    writing += writingBy;
  });
  return {
    events,
    count: () => count,
    writing: () => writing,
    add(size: number): void {
      for (let i = 0; i < size; i++) events.add();
    },
  };
}

test('an event counts once the system has taken it, until it is settled', (t) => {
  const { events, add, count } = setUp();
  add(3);
  t.is(events.append(), 3);
  t.is(count(), 0);
  events.written(2);
  t.is(count(), 2);
  events.written(1);
  t.is(count(), 3);
  events.settle(2);
  t.is(count(), 1);
  events.settle(1);
  t.is(count(), 0);
});

test('an event that a segment has got is being written until the system has taken it or it is settled', (t) => {
  const { events, add, writing } = setUp();
  add(4);
  t.is(writing(), 0);
  events.append();
  t.is(writing(), 4);
  events.written(1);
  t.is(writing(), 3);
  add(1);
  t.is(writing(), 3, 'no segment has got the last one');
  events.settle(3);
  t.is(writing(), 1);
  events.clear();
  t.is(writing(), 0);
});

test('events that are written again while an older copy is complete are not being written', (t) => {
  const { events, add, writing } = setUp();
  add(2);
  events.append();
  events.written(2);
  events.rewrite(true);
  events.append();
  t.is(writing(), 0);
});

test('a segment gets only the events that no segment has got yet', (t) => {
  const { events, add } = setUp();
  add(2);
  t.is(events.append(), 2);
  t.is(events.append(), 0);
  add(1);
  t.is(events.append(), 1);
});

test('settled events are taken for written ones', (t) => {
  const { events, add, count } = setUp();
  add(4);
  events.append();
  events.written(2);
  events.settle(1);
  t.is(count(), 1, 'two are pending that are not on disk');
});

test('events of an earlier process count once they are accepted', (t) => {
  const { events, count } = setUp();
  events.recovered(3);
  t.is(count(), 0);
  t.is(events.append(), 0, 'segments have them');
  events.accepted();
  t.is(count(), 3);
});

test('events that are written again count meanwhile if an older copy is complete', (t) => {
  for (const [hasBackup, meanwhile] of [
    [true, 2],
    [false, 0],
  ] as const) {
    const { events, add, count } = setUp();
    add(2);
    events.append();
    events.written(2);
    events.rewrite(hasBackup);
    t.is(count(), meanwhile);
    t.is(events.append(), 2);
  }
});

test('events that the disk no longer has do not count', (t) => {
  const { events, add, count } = setUp();
  add(2);
  events.append();
  events.written(2);
  events.clear();
  t.is(count(), 0);
});
