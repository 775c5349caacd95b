import { acquireBuffer, BATCH_BUFFER_BYTES, releaseBuffer, retainedBytes } from '@putlogs/core/internal';
import test from 'ava';

test.serial('memory that is given back is lent again, to one alone', (t) => {
  const memory = acquireBuffer();
  releaseBuffer(memory.subarray(0, 10));
  releaseBuffer(memory);
  t.is(acquireBuffer().buffer, memory.buffer);
  t.not(acquireBuffer().buffer, memory.buffer);
});

test.serial('what is lent is as large as was asked for', (t) => {
  releaseBuffer(acquireBuffer());
  const larger = acquireBuffer(BATCH_BUFFER_BYTES + 1);
  t.is(larger.length, BATCH_BUFFER_BYTES + 1);
  releaseBuffer(larger);
  t.is(acquireBuffer().buffer, larger.buffer, 'and is kept');
});

test.serial('of what is seldom needed nothing is kept', (t) => {
  const huge = acquireBuffer(3 * BATCH_BUFFER_BYTES);
  releaseBuffer(huge);
  t.not(acquireBuffer().buffer, huge.buffer);
});

test.serial('memory of others is not taken', (t) => {
  const other = Buffer.allocUnsafeSlow(BATCH_BUFFER_BYTES);
  releaseBuffer(other);
  t.not(acquireBuffer().buffer, other.buffer);
});

test.serial('a view keeps all of what was lent, and of other memory counts for itself', (t) => {
  t.is(retainedBytes(acquireBuffer().subarray(0, 10)), BATCH_BUFFER_BYTES);
  t.is(retainedBytes(Buffer.alloc(100).subarray(0, 10)), 10);
});
