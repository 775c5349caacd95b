import test from 'ava';
import { FULL_BATCH_BYTES, giveBack, keptBy, takeMemory } from '../../../packages/core/dist/batch/memory.js';

test.serial('memory that is given back is lent again, to one alone', (t) => {
  const memory = takeMemory();
  giveBack(memory.subarray(0, 10));
  giveBack(memory);
  t.is(takeMemory().buffer, memory.buffer);
  t.not(takeMemory().buffer, memory.buffer);
});

test.serial('what is lent is as large as was asked for', (t) => {
  giveBack(takeMemory());
  const larger = takeMemory(FULL_BATCH_BYTES + 1);
  t.is(larger.length, FULL_BATCH_BYTES + 1);
  giveBack(larger);
  t.is(takeMemory().buffer, larger.buffer, 'and is kept');
});

test.serial('of what is seldom needed nothing is kept', (t) => {
  const huge = takeMemory(3 * FULL_BATCH_BYTES);
  giveBack(huge);
  t.not(takeMemory().buffer, huge.buffer);
});

test.serial('memory of others is not taken', (t) => {
  const other = Buffer.allocUnsafeSlow(FULL_BATCH_BYTES);
  giveBack(other);
  t.not(takeMemory().buffer, other.buffer);
});

test.serial('a view keeps all of what was lent, and of other memory counts for itself', (t) => {
  t.is(keptBy(takeMemory().subarray(0, 10)), FULL_BATCH_BYTES);
  t.is(keptBy(Buffer.alloc(100).subarray(0, 10)), 10);
});
