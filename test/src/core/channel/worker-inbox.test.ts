import { setImmediate } from 'node:timers/promises';
import { WorkerInbox } from '@putlogs/core/internal';
import test from 'ava';

const HALF = 512 * 1024;

/** Frames that begin with this letter. */
function frames(name: string, bytes = HALF): Uint8Array {
  return Buffer.alloc(bytes, name);
}

function setUp() {
  const taken: string[] = [];
  const inbox = new WorkerInbox((message) =>
    taken.push(message instanceof Uint8Array ? String.fromCharCode(message[0] ?? 0) : message.kind),
  );
  return { inbox, taken };
}

test('a message is taken at once', (t) => {
  const { inbox, taken } = setUp();
  inbox.push(frames('o', 3));
  inbox.push({ kind: 'flush', id: 1 });
  t.deepEqual(taken, ['o', 'flush']);
});

test('between every MiB of records, however they arrive, the event loop turns', async (t) => {
  const { inbox, taken } = setUp();
  for (const name of 'abcde') inbox.push(frames(name));
  inbox.push({ kind: 'flush', id: 1 });
  t.is(taken.join(), 'a,b');
  await setImmediate();
  t.is(taken.join(), 'a,b,c,d');
  inbox.push(frames('f', 3));
  t.is(taken.join(), 'a,b,c,d', 'what comes later waits behind the others');
  await setImmediate();
  t.is(taken.join(), 'a,b,c,d,e,flush,f');
});

test('a single message that waits is taken in the next turn', async (t) => {
  const { inbox, taken } = setUp();
  for (const name of 'abc') inbox.push(frames(name));
  t.is(taken.join(), 'a,b');
  await setImmediate();
  t.is(taken.join(), 'a,b,c');
});

test('in a new turn, messages are taken at once again', async (t) => {
  const { inbox, taken } = setUp();
  for (const name of 'ab') {
    inbox.push(frames(name, 2 * HALF));
    t.is(taken.at(-1), name);
    await setImmediate();
  }
});
