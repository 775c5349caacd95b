import test from 'ava';
import { runFixture } from '../child.js';
import { messages, range, startLocal } from '../harness.js';

const WAYS = [
  ['natural end', 0],
  ['process.exit', 0],
  ['process.exit later', 0],
  ['uncaught error', 1],
  ['uncaught error later', 1],
  ['unhandled rejection', 1],
] as const;

const RECORDS = 3000;
const sent = range(RECORDS).map((i) => `record ${i}`);

/** Of the records logged, those that arrived, by their text; each is to arrive once. */
function arrived(texts: readonly string[]): string[] {
  return texts.flatMap((text) => {
    const { msg, message } = JSON.parse(text);
    return (msg ?? message).startsWith('record ') ? [msg ?? message] : [];
  });
}

for (const logger of ['pino', 'winston', 'winston handleExceptions']) {
  for (const [way, code] of WAYS) {
    test(`${logger}: all arrive before ${way}`, async (t) => {
      const local = await startLocal(t);
      const ended = await runFixture(local, 'app.js', [logger, way, `${RECORDS}`]);
      t.is(ended.code, code, ended.stderr);
      t.deepEqual(arrived(messages(local)).toSorted(), sent.toSorted());
    });
  }
}

for (const logger of ['pino in-process', 'winston in-process']) {
  test(`${logger}: all arrive before natural end`, async (t) => {
    const local = await startLocal(t);
    const ended = await runFixture(local, 'app.js', [logger, 'natural end', `${RECORDS}`]);
    t.is(ended.code, 0, ended.stderr);
    t.deepEqual(arrived(messages(local)).toSorted(), sent.toSorted());
  });
}

test('winston handleExceptions: the uncaught error itself arrives, with its stack', async (t) => {
  const local = await startLocal(t);
  await runFixture(local, 'app.js', ['winston handleExceptions', 'uncaught error', '1']);
  const error = messages(local).find((text) => text.includes('thrown on purpose'));
  t.regex(error ?? '', /app\.ts|app\.js/);
});

for (const logger of ['pino', 'winston', 'pino in-process', 'winston in-process']) {
  test(`${logger}: with the endpoint down the process ends within closeTimeoutMs, and says what is lost`, async (t) => {
    const local = await startLocal(t);
    local.fault({ kind: 'reset', operation: '*' });
    const ended = await runFixture(local, 'app.js', [logger, 'natural end', '7'], {
      AWSLOGS_CLOSE_TIMEOUT_MS: '500',
    });
    t.is(ended.code, 0, ended.stderr);
    t.regex(ended.stderr, /7 events were not delivered/);
  });

  test(`${logger}: an application that logs nothing ends by itself`, async (t) => {
    const local = await startLocal(t);
    const ended = await runFixture(local, 'app.js', [logger, 'natural end', '0']);
    t.is(ended.code, 0, ended.stderr);
    t.deepEqual(local.requests, []);
  });
}
