import { createStream } from '@putlogs/pino';
import { LevelLabels } from '@putlogs/pino/internal';
import test from 'ava';
import pino from 'pino';
import { messages, optionsFor, startLocal } from '../support/harness.js';
import { until } from '../support/until.js';

for (const [line, expected] of [
  ['{"level":30,"msg":"a"}', '{"level":"info","msg":"a"}'],
  ['{"level":60}', '{"level":"fatal"}'],
  ['{"level":30', '{"level":30'],
  ['{"level":35,"msg":"a"}', '{"level":35,"msg":"a"}'],
  ['{"level":-30,"msg":"a"}', '{"level":-30,"msg":"a"}'],
  ['{"level":30.5,"msg":"a"}', '{"level":30.5,"msg":"a"}'],
  ['{"level":"30","msg":"a"}', '{"level":"30","msg":"a"}'],
  ['{"msg":"a","level":30}', '{"msg":"a","level":30}'],
  ['{"levels":30,"msg":"é 🙃"}', '{"levels":30,"msg":"é 🙃"}'],
  ['{"level":50,"msg":"é 🙃"}', '{"level":"error","msg":"é 🙃"}'],
  ['', ''],
  ['level', 'level'],
] as const) {
  test(`${line || 'an empty line'} becomes ${expected || 'an empty line'}`, (t) => {
    const labels = new LevelLabels();
    t.is(labels.inText(line), expected);
    t.is(labels.inBytes(Buffer.from(line)).toString(), expected);
  });
}

test("labels are those of the application, also such that JSON must escape; and no object's own properties", (t) => {
  const labels = new LevelLabels();
  labels.use({ 35: 'no"tice', 30: 7 });
  t.is(labels.inText('{"level":35}'), '{"level":"no\\"tice"}');
  t.is(labels.inText('{"level":30}'), '{"level":30}');
  labels.use(undefined);
  t.is(labels.inText('{"level":35}'), '{"level":"no\\"tice"}');
});

const LEVELS = { customLevels: { audit: 35 }, base: null } as const;

type Log = pino.Logger<'audit'>;

function logAll(log: Log): void {
  log.info('one');
  log.audit('two');
  log.child({ a: 1 }).error('three');
}

const labelsOf = (lines: readonly string[]) => lines.map((line) => JSON.parse(line).level);
const EXPECTED = ['info', 'audit', 'error'];

for (const worker of [true, false]) {
  test.serial(`createStream with worker: ${worker} names Pino's own and custom levels`, async (t) => {
    const local = await startLocal(t);
    const stream = createStream({ ...optionsFor(local), worker, levelLabels: true });
    logAll(pino(LEVELS, stream));
    await stream.close();
    t.deepEqual(labelsOf(messages(local)), EXPECTED);
  });
}

for (const [name, transport] of Object.entries({
  'a single target': (options: object) => ({ target: '@putlogs/pino', options }),
  'one of several targets': (options: object) => ({
    targets: [
      { target: '@putlogs/pino', level: 'info', options },
      { target: '@putlogs/pino', level: 'fatal', options },
    ],
  }),
})) {
  test.serial(`pino.transport with ${name} names Pino's own and custom levels`, async (t) => {
    const local = await startLocal(t);
    const stream = pino.transport(transport({ ...optionsFor(local), levelLabels: true }));
    const log = pino(LEVELS, stream);
    logAll(log);
    await until('three events', () => messages(local).length === 3);
    t.is(log.level, 'info'); // thread-stream ends the worker of a garbage-collected logger
    t.deepEqual(labelsOf(messages(local)), EXPECTED);
  });
}
