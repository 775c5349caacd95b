import { DescriptorWriter, LineOutput, systemClock } from '@putlogs/core/internal';
import test from 'ava';
import { openPipe } from '../../support/fifo.js';
import { range } from '../../support/harness.js';
import { ManualClock, settled } from '../../support/manual-clock.js';
import { until } from '../../support/until.js';

/** Lines of 1 to 3000 bytes. */
const linesOf = (name: string, count: number) =>
  range(count).map((i) => `${name} ${i} ${name.repeat((i * 997) % 3000)}\n`);

/** Collects the ends of writes. */
function collect() {
  const ends: string[] = [];
  const done = (name: string) => (error: unknown) =>
    void ends.push(
      error instanceof Error ? `${name}: ${'code' in error ? error.code : error.message}` : name,
    );
  return { ends, done };
}

test('lines are written in order, and the caller learns when', async (t) => {
  const pipe = openPipe(t);
  const output = new LineOutput(new DescriptorWriter(pipe.writer, systemClock));
  const { ends, done } = collect();
  output.write(['one\n', 'two é\n'], done('first'));
  output.write(['three\n'], done('second'));
  t.deepEqual(ends, [], 'not at once');
  await output.idle();
  t.deepEqual(ends, ['first', 'second']);
  t.is(pipe.read(), 'one\ntwo é\nthree\n');
  t.is(output.waitingBytes, 0);
});

test('what a full pipe does not take waits until it is read', async (t) => {
  const pipe = openPipe(t);
  const clock = new ManualClock();
  const output = new LineOutput(new DescriptorWriter(pipe.writer, clock));
  const { ends, done } = collect();
  const lines = linesOf('a', 300);
  output.write(lines, done('all'));
  await until('a full pipe', () => clock.timers === 1);
  t.deepEqual(ends, []);
  t.true(output.waitingBytes > 100_000);
  let text = '';
  await until(
    'the end',
    () => ends.length > 0,
    async () => {
      text += pipe.read();
      await clock.advance(20);
    },
  );
  t.is(text + pipe.read(), lines.join(''));
});

test('lines of up to 4096 bytes stay whole beside those of others', async (t) => {
  const pipe = openPipe(t);
  const { ends, done } = collect();
  const names = ['a', 'b', 'c'];
  for (const name of names)
    new LineOutput(new DescriptorWriter(pipe.writer, systemClock)).write(linesOf(name, 800), done(name));
  let text = '';
  await until(
    'the end',
    () => ends.length === 3,
    () => {
      text += pipe.read();
    },
  );
  const read = (text + pipe.read()).split('\n').filter((line) => line !== '');
  const written = names.flatMap((name) => linesOf(name, 800).map((line) => line.trimEnd()));
  t.deepEqual(read.map((line) => line.trimEnd()).toSorted(), written.toSorted());
});

test('a reader that is gone ends everything that waits, and later lines as well', async (t) => {
  const pipe = openPipe(t);
  const output = new LineOutput(new DescriptorWriter(pipe.writer, systemClock));
  const { ends, done } = collect();
  pipe.closeReader();
  output.write(linesOf('a', 10), done('first'));
  output.write(['more\n'], done('second'));
  await output.idle();
  t.deepEqual(ends, ['first: EPIPE', 'second: EPIPE']);
  output.write(['later\n'], done('third'));
  await output.idle();
  t.is(ends.at(-1), 'third: EPIPE');
  t.is(output.waitingBytes, 0);
});

test('close gives up what a full pipe has not taken in time', async (t) => {
  const pipe = openPipe(t);
  const clock = new ManualClock();
  const output = new LineOutput(new DescriptorWriter(pipe.writer, clock));
  const { ends, done } = collect();
  output.write(['short\n'], done('short'));
  output.write(linesOf('a', 300), done('long'));
  await until('a full pipe', () => clock.timers === 1);
  const closed = output.close(500);
  await clock.advance(499);
  t.deepEqual(ends, ['short']);
  await clock.advance(1);
  await closed;
  t.deepEqual(ends, ['short', 'long: there was no more time to write']);
  // It goes on with what comes later.
  pipe.read();
  output.write(['later\n'], done('later'));
  await until(
    'the line',
    () => ends.includes('later'),
    () => clock.advance(20),
  );
  t.true(pipe.read().endsWith('later\n'));
});

test('at the end everything that waits is written at once', async (t) => {
  const pipe = openPipe(t);
  const writer = new DescriptorWriter(pipe.writer, systemClock);
  const output = new LineOutput(writer);
  const { ends, done } = collect();
  output.write(['one\n'], done('first'));
  output.write(['two\n'], done('second'));
  writer.writeNow();
  t.deepEqual(ends, ['first', 'second']);
  await settled();
  t.regex(pipe.read(), /^(one\n)?one\ntwo\n(one\n)?$/, 'the first was being written and may come twice');
});

test('at the end a full pipe is waited for, but not for ever', async (t) => {
  const pipe = openPipe(t);
  const writer = new DescriptorWriter(pipe.writer, systemClock);
  const output = new LineOutput(writer);
  const { ends, done } = collect();
  output.write(linesOf('a', 300), done('long'));
  writer.writeNow();
  t.deepEqual(ends, ['long: EAGAIN']);
  t.is(output.waitingBytes, 0);
});

test('small lines that wait are joined, and count with the memory that they take', async (t) => {
  const pipe = openPipe(t);
  const output = new LineOutput(new DescriptorWriter(pipe.writer, systemClock));
  for (const i of range(10_000)) output.write([`${i}\n`], () => undefined);
  const bytesPerLine = output.waitingBytes / 10_000;
  t.true(bytesPerLine > 300 && bytesPerLine < 400, `${bytesPerLine}`);
  await output.close(0);
});

test('outputs share a writer: the end of one leaves the lines of the other whole', async (t) => {
  const pipe = openPipe(t);
  const clock = new ManualClock();
  const writer = new DescriptorWriter(pipe.writer, clock);
  const [one, other] = [new LineOutput(writer), new LineOutput(writer)];
  const { ends, done } = collect();
  one.write([`${'x'.repeat(100_000)}\n`], done('one'));
  other.write(['other\n'], done('other'));
  await until('a full pipe', () => clock.timers === 1);
  const closed = one.close(500);
  await clock.advance(500);
  await closed;
  t.deepEqual(ends, ['one: there was no more time to write']);
  let text = '';
  await until(
    'the other',
    () => ends.includes('other'),
    async () => {
      text += pipe.read();
      await clock.advance(20);
    },
  );
  // An empty line if the rest was being written when it was given up.
  t.regex(text + pipe.read(), /^x+\n\n?other\n$/);
  t.is(writer.waitingBytes, 0);
});
