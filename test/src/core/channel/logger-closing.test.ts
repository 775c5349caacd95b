import { closingOf } from '@putlogs/core/main-thread';
import test from 'ava';

/** A transport, and what was asked of it. @param answers whether each flush resolves, in their order */
function setUp(...answers: boolean[]) {
  const calls: string[] = [];
  const closing = closingOf({
    flush() {
      calls.push('flush');
      return answers.shift() ? Promise.resolve() : new Promise(() => undefined);
    },
    async close() {
      calls.push('close');
    },
  });
  return { calls, closing };
}

test('before a signal ends the process a logger is flushed twice: more may be logged during the first flush', async (t) => {
  const { calls, closing } = setUp(true, true);
  await closing.deliver();
  t.deepEqual(calls, ['flush', 'flush']);
});

test('if the service does not answer, a logger is closed twice: more may be logged during the first close', async (t) => {
  const { calls, closing } = setUp();
  await closing.deliver();
  t.deepEqual(calls, ['flush', 'close', 'flush', 'close']);
});

test('if the service answers again after a close, another one is not needed', async (t) => {
  const { calls, closing } = setUp(true, false, true, true);
  await closing.deliver();
  t.deepEqual(calls, ['flush', 'flush', 'close', 'flush', 'flush']);
});
