import { once } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import { patient, systemClock } from '@putlogs/core/internal';
import { withTimeout } from '@putlogs/core/main-thread';
import test from 'ava';
import { ManualClock } from '../../support/manual-clock.js';

/** Blocks this thread. */
function block(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

test('a message that arrived while this thread was blocked is in time', async (t) => {
  const { port1, port2 } = new MessageChannel();
  const message = once(port1, 'message');
  const received = withTimeout(1, systemClock, message);
  port2.postMessage('in time');
  block(20);
  t.truthy(await received);
  port1.close();
});

test('a patient timer that comes late waits for as long once more, but not longer than it is long', async (t) => {
  for (const [lateMs, moreMs] of [
    [0, 0],
    [400, 400],
    [3_600_000, 1000],
  ] as const) {
    const clock = new ManualClock();
    let calls = 0;
    patient(clock).after(1000, () => calls++);
    clock.jump(1000 + lateMs);
    await clock.advance(Math.max(moreMs - 1, 0));
    t.is(calls, moreMs === 0 ? 1 : 0);
    await clock.advance(1);
    t.is(calls, 1);
    t.is(clock.timers, 0);
  }
});

test('a patient timer can be cancelled at any time', async (t) => {
  const clock = new ManualClock();
  const cancel = patient(clock).after(1000, () => t.fail());
  clock.jump(1500);
  await clock.advance(499);
  cancel();
  t.is(clock.timers, 0);
});
