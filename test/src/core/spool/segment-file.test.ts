import fs, { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SegmentFile } from '@putlogs/core/internal';
import test, { type ExecutionContext } from 'ava';
import { range } from '../../support/harness.js';
import { spoolFolder } from '../../support/spool-folder.js';

type Write = (fd: number, data: Buffer, done: (error: Error | null, bytes?: number) => void) => void;

/** Replaces `fs.write` until the end of the test. */
function patchWrite(t: ExecutionContext, make: (write: Write) => Write): void {
  const { write } = fs;
  fs.write = Object.assign(make(write as Write), write) as typeof write;
  t.teardown(() => {
    fs.write = write;
  });
}

function countSyncs(t: ExecutionContext): { calls: number } {
  const { fsync } = fs;
  const count = { calls: 0 };
  const counting = (...args: Parameters<typeof fsync>) => {
    count.calls++;
    fsync(...args);
  };
  fs.fsync = Object.assign(counting, fsync);
  t.teardown(() => {
    fs.fsync = fsync;
  });
  return count;
}

async function createFile(path: string) {
  let written = 0;
  const errors: unknown[] = [];
  let close: (error: unknown) => void = () => undefined;
  const closed = new Promise<unknown>((resolve) => {
    close = resolve;
  });
  const file = await SegmentFile.create(path, {
    written: (bytes) => {
      written += bytes;
    },
    failed: (error) => {
      errors.push(error);
      file.discard();
    },
    closed: close,
  });
  return { file, closed, errors, written: () => written };
}

test.serial('a write that the system takes in parts, or only later, leaves the file whole', async (t) => {
  const path = join(spoolFolder(t), 'segment');
  let calls = 0;
  patchWrite(t, (write) => (fd, data, done) => {
    if (++calls === 2) setImmediate(done, Object.assign(new Error('EAGAIN'), { code: 'EAGAIN' }));
    else write(fd, data.subarray(0, Math.ceil(data.length / 2)), done);
  });
  const syncs = countSyncs(t);
  const { file, closed, errors, written } = await createFile(path);
  const lines = range(100).map((i) => `line ${i}\n`);
  for (const line of lines) file.write(Buffer.from(line));
  file.end();
  t.is(await closed, undefined);
  t.is(readFileSync(path, 'utf8'), lines.join(''));
  t.is(written(), lines.join('').length);
  t.is(syncs.calls, 1);
  t.deepEqual(errors, []);
});

test.serial('small writes are joined into chunks, and one file writes at a time', async (t) => {
  const folder = spoolFolder(t);
  const sizes = new Map<number, number[]>();
  let running = 0;
  patchWrite(t, (write) => (fd, data, done) => {
    sizes.set(fd, [...(sizes.get(fd) ?? []), data.length / 1024]);
    t.is(++running, 1);
    write(fd, data, (...result) => {
      running--;
      done(...result);
    });
  });
  const files = [await createFile(join(folder, 'a')), await createFile(join(folder, 'b'))];
  for (const { file } of files) for (const _ of range(1000)) file.write(Buffer.alloc(1024, 'x'));
  for (const { file } of files) file.end();
  for (const { closed } of files) t.is(await closed, undefined);
  // The first file has its turn at once. The second one waits, and gets more meanwhile.
  t.deepEqual(
    [...sizes.values()],
    [
      [1, 256, 256, 256, 231],
      [256, 256, 256, 232],
    ],
  );
});

test.serial('a file that nobody needs is closed without a sync', async (t) => {
  const path = join(spoolFolder(t), 'segment');
  const syncs = countSyncs(t);
  const { file, closed } = await createFile(path);
  file.write(Buffer.from('line\n'));
  file.discard();
  t.is(await closed, undefined);
  t.is(syncs.calls, 0);
});

test.serial('a file whose write is refused is closed', async (t) => {
  const path = join(spoolFolder(t), 'segment');
  const refusal = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
  patchWrite(t, () => (_fd, _data, done) => setImmediate(done, refusal));
  const { file, closed, errors } = await createFile(path);
  file.write(Buffer.from('line\n'));
  t.is(await closed, undefined);
  t.deepEqual(errors, [refusal]);
});
