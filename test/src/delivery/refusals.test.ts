import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { messages, range, startLocal } from '../harness.js';
import { openPipeline } from './pipeline.js';

const DAY = 86_400_000;
const HOUR = 3_600_000;
const NOON = Date.UTC(2026, 10, 24, 12);
const at = (now: number) => ({ now: () => now });

interface Letter {
  readonly reason: string;
  readonly at: string;
  readonly logGroupName: string;
  readonly logStreamName: string;
  readonly timestamp: number;
  readonly message: string;
}

function letterFile(t: ExecutionContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'awslogs-dead-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'made', 'dead.ndjson');
}

const lettersIn = (file: string) =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Letter);

for (const [what, now, retentionInDays, first, reason, refused] of [
  ['too old', NOON, undefined, NOON - 14 * DAY - 3 * HOUR, 'tooOld', [0, 1, 2]],
  ['too new', NOON, undefined, NOON - 6 * HOUR, 'tooNew', [9]],
  ['expired', NOON, 1, NOON - DAY - 4 * HOUR, 'expired', [0, 1, 2, 3]],
  ['all too old', NOON, undefined, NOON - 20 * DAY, 'tooOld', range(10)],
] as const) {
  test(`events that are ${what} are in the dead letters, and no others`, async (t) => {
    const local = await startLocal(t, at(now));
    const deadLetterFile = letterFile(t);
    const pipeline = openPipeline(local, { deadLetterFile, retentionInDays, logStreamName: 'one' });
    for (const i of range(10)) pipeline.accept(first + i * HOUR, `${i}\n"quoted"`);
    await pipeline.close();
    const letters = lettersIn(deadLetterFile);
    t.deepEqual(
      letters.map(({ message }) => Number.parseInt(message, 10)),
      [...refused],
    );
    for (const letter of letters) {
      const i = Number.parseInt(letter.message, 10);
      t.is(letter.message, `${i}\n"quoted"`);
      t.is(letter.timestamp, first + i * HOUR);
      t.is(letter.reason, reason);
      t.is(letter.logGroupName, '/test/app');
      t.is(letter.logStreamName, 'one');
      t.false(Number.isNaN(Date.parse(letter.at)));
    }
    t.is(pipeline.counts().rejected[reason], refused.length);
    t.is(messages(local).length, 10 - refused.length);
    t.is(statSync(deadLetterFile).mode & 0o777, 0o600);
    t.is(statSync(join(deadLetterFile, '..')).mode & 0o777, 0o700);
  });
}

test('dead letters take no more than deadLetterMaxBytes: the oldest go', async (t) => {
  const local = await startLocal(t, at(NOON));
  const deadLetterFile = letterFile(t);
  const deadLetterMaxBytes = 1024 * 1024;
  const pipeline = openPipeline(local, { deadLetterFile, deadLetterMaxBytes });
  for (const i of range(30)) {
    pipeline.accept(NOON - 20 * DAY, `${i} ${'x'.repeat(100_000)}`);
    await pipeline.flush();
  }
  await pipeline.close();
  const older = lettersIn(`${deadLetterFile}.1`);
  const newer = lettersIn(deadLetterFile);
  const numbers = [...older, ...newer].map(({ message }) => Number.parseInt(message, 10));
  t.deepEqual(numbers, range(30).slice(-numbers.length), 'in order, up to the newest');
  t.true(numbers.length >= 5 && numbers.length <= 10);
  t.true(statSync(deadLetterFile).size + statSync(`${deadLetterFile}.1`).size <= deadLetterMaxBytes);
});

test('dead letters go on behind those that an earlier process wrote', async (t) => {
  const local = await startLocal(t, at(NOON));
  const deadLetterFile = letterFile(t);
  for (const text of ['first', 'second']) {
    const pipeline = openPipeline(local, { deadLetterFile });
    pipeline.accept(NOON - 20 * DAY, text);
    await pipeline.close();
  }
  t.deepEqual(
    lettersIn(deadLetterFile).map(({ message }) => message),
    ['first', 'second'],
  );
});

test('a dead-letter file that cannot be written is one report; the events are counted all the same', async (t) => {
  const local = await startLocal(t, at(NOON));
  const file = join(letterFile(t), '..', '..', 'file');
  writeFileSync(file, '');
  const pipeline = openPipeline(local, { deadLetterFile: join(file, 'dead.ndjson') });
  for (const i of range(3)) {
    pipeline.accept(NOON - 20 * DAY, `${i}`);
    pipeline.accept(NOON, `${i}`);
    await pipeline.flush();
  }
  await pipeline.close();
  t.is(pipeline.counts().rejected.tooOld, 3);
  t.is(pipeline.counts().delivered, 3);
  t.deepEqual(pipeline.problems(), ['dead-letters', 'rejected-events', 'rejected-events']);
});
