import { acquireBuffer, BATCH_BUFFER_BYTES, releaseBuffer, retainedBytes } from '@putlogs/core/internal';
import test from 'ava';

test.serial('a released buffer is reused once, even if it is released twice', (t) => {
  const buffer = acquireBuffer();
  releaseBuffer(buffer.subarray(0, 10));
  releaseBuffer(buffer);
  t.is(acquireBuffer().buffer, buffer.buffer);
  t.not(acquireBuffer().buffer, buffer.buffer);
});

test.serial('an acquired buffer is at least as large as requested', (t) => {
  releaseBuffer(acquireBuffer());
  const larger = acquireBuffer(BATCH_BUFFER_BYTES + 1);
  t.is(larger.length, BATCH_BUFFER_BYTES + 1);
  releaseBuffer(larger);
  t.is(acquireBuffer().buffer, larger.buffer, 'the larger buffer is kept');
});

test.serial('unusually large buffers are not kept', (t) => {
  const huge = acquireBuffer(3 * BATCH_BUFFER_BYTES);
  releaseBuffer(huge);
  t.not(acquireBuffer().buffer, huge.buffer);
});

test.serial('memory that is not from the pool is ignored', (t) => {
  const other = Buffer.allocUnsafeSlow(BATCH_BUFFER_BYTES);
  releaseBuffer(other);
  t.not(acquireBuffer().buffer, other.buffer);
});

test.serial('a view retains its whole pooled buffer, but only its own bytes of other memory', (t) => {
  t.is(retainedBytes(acquireBuffer().subarray(0, 10)), BATCH_BUFFER_BYTES);
  t.is(retainedBytes(Buffer.alloc(100).subarray(0, 10)), 10);
});
