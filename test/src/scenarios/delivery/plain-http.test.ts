import { isLoopback } from '@putlogs/core/internal';
import test from 'ava';
import { messages, startLocal } from '../../support/harness.js';
import { openPipeline } from '../../support/pipeline.js';

/** An address of this machine that is not a loopback address. */
const notLoopback = (endpoint: string) => endpoint.replace('127.0.0.1', '0.0.0.0');

test.serial('a session token over plain HTTP to another machine is reported once', async (t) => {
  const local = await startLocal(t);
  process.env.AWS_SESSION_TOKEN = 'token';
  t.teardown(() => delete process.env.AWS_SESSION_TOKEN);
  const pipeline = openPipeline(local, { endpoint: notLoopback(local.endpoint) });
  for (const text of ['one', 'two']) {
    pipeline.accept(Date.now(), text);
    await pipeline.flush();
  }
  t.deepEqual(messages(local), ['one', 'two']);
  t.deepEqual(pipeline.problems(), ['plain-http']);
  const [problem] = pipeline.reports.filter((report) => report.kind === 'problem');
  t.regex(problem?.message ?? '', /^Requests to 0\.0\.0\.0 go over plain HTTP\. .*session token.*https/);
});

test.serial('a session token to this machine is not reported', async (t) => {
  const local = await startLocal(t);
  process.env.AWS_SESSION_TOKEN = 'token';
  t.teardown(() => delete process.env.AWS_SESSION_TOKEN);
  const pipeline = openPipeline(local);
  pipeline.accept(Date.now(), 'one');
  await pipeline.flush();
  t.deepEqual(pipeline.problems(), []);
});

test.serial('credentials without a session token are not reported', async (t) => {
  const local = await startLocal(t);
  const pipeline = openPipeline(local, { endpoint: notLoopback(local.endpoint) });
  pipeline.accept(Date.now(), 'one');
  await pipeline.flush();
  t.deepEqual(pipeline.problems(), []);
});

for (const [hostname, expected] of [
  ['localhost', true],
  ['LOCALHOST', true],
  ['logs.localhost', true],
  ['127.0.0.1', true],
  ['127.1.2.3', true],
  ['[::1]', true],
  ['::1', true],
  ['127.0.0.1.example.com', false],
  ['localhost.example.com', false],
  ['notlocalhost', false],
  ['logs', false],
  ['10.0.0.1', false],
  ['logs.eu-central-1.amazonaws.com', false],
] as const) {
  test(`${hostname} is ${expected ? '' : 'not '}a loopback address`, (t) =>
    t.is(isLoopback(hostname), expected));
}
