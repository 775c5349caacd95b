import { setImmediate } from 'node:timers/promises';
import { WorkerInbox } from '@putlogs/core/internal';
import test from 'ava';

const HALF = 'x'.repeat(512 * 1024);

function setUp() {
  const taken: string[] = [];
  const inbox = new WorkerInbox((message) =>
    taken.push(typeof message === 'string' ? message.slice(0, 1) : message.kind),
  );
  return { inbox, taken };
}

test('a message is taken at once', (t) => {
  const { inbox, taken } = setUp();
  inbox.push('one');
  inbox.push({ kind: 'flush', id: 1 });
  t.deepEqual(taken, ['o', 'flush']);
});

test('between every MiB of records, however they arrive, the event loop turns', async (t) => {
  const { inbox, taken } = setUp();
  for (const name of 'abcde') inbox.push(name + HALF);
  inbox.push({ kind: 'flush', id: 1 });
  t.is(taken.join(), 'a,b');
  await setImmediate();
  t.is(taken.join(), 'a,b,c,d');
  inbox.push('f');
  t.is(taken.join(), 'a,b,c,d', 'what comes later waits behind the others');
  await setImmediate();
  t.is(taken.join(), 'a,b,c,d,e,flush,f');
});

test('in a new turn, messages are taken at once again', async (t) => {
  const { inbox, taken } = setUp();
  for (const name of 'ab') {
    inbox.push(`${name}${HALF}${HALF}`);
    t.is(taken.at(-1), name);
    await setImmediate();
  }
});
