import { levelNumber, levelOf } from '@putlogs/core/internal';
import test from 'ava';

for (const [record, level] of [
  ['{"level":30,"time":1}', 30],
  ['{"level":5}', 5],
  ['{"level":"warn","time":1}', 40],
  ['{"level":"crit"}', 60],
  ['{"level":"unheard","time":1}', undefined],
  ['{"level":"toString"}', undefined],
  ['{"level":-5}', undefined],
  ['{"level":30.5}', undefined],
  ['{"level":"30"}', undefined],
  ['{"level":30', undefined],
  ['{"time":1,"level":50}', undefined],
  [' {"level":50}', undefined],
  ['level 50', undefined],
  ['', undefined],
] as const) {
  test(`the level at the front of ${record} is ${level ?? 'not known'}`, (t) => {
    t.is(levelOf(record), level);
    t.is(levelOf(Buffer.from(record)), level);
  });
}

test('levels of Winston have the numbers of Pino', (t) => {
  const npm = ['error', 'warn', 'info', 'http', 'verbose', 'debug', 'silly'].map(levelNumber);
  t.deepEqual(npm, [50, 40, 30, 20, 20, 20, 10]);
  const syslog = ['emerg', 'alert', 'crit', 'error', 'warning', 'notice', 'info', 'debug'].map(levelNumber);
  t.deepEqual(syslog, [60, 60, 60, 50, 40, 30, 30, 20]);
  t.is(levelNumber('my own'), undefined);
  t.is(levelNumber(30), undefined);
});
