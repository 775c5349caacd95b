import { start } from '@putlogs/local';
import test, { type ExecutionContext } from 'ava';
import { runFixture } from '../../support/child.js';
import { messages, startLocal } from '../../support/harness.js';
import { allDelivered, openPipeline } from '../../support/pipeline.js';
import { hasIpv6, startProxy } from '../../support/proxy.js';
import { until } from '../../support/until.js';

const LOGIN = 'putlogs:hunter2';

function withLogin(url: string, login = LOGIN): string {
  return url.replace('http://', `http://${login}@`);
}

/** Ends with the test, also if that fails: a pipeline whose pauses have no length never rests. */
function open(t: ExecutionContext, ...args: Parameters<typeof openPipeline>) {
  const pipeline = openPipeline(...args);
  t.teardown(() => pipeline.close(0));
  return pipeline;
}

/** Logs one record, and waits until it is delivered. */
async function deliverOne(t: ExecutionContext, pipeline: ReturnType<typeof openPipeline>) {
  pipeline.accept(Date.now(), 'hello');
  await pipeline.flush();
  t.deepEqual(pipeline.counts(), allDelivered(1));
}

for (const logger of ['pino', 'pino stream', 'pino in-process', 'winston', 'winston in-process']) {
  test(`${logger}: HTTP_PROXY is used for everything that is sent, on one connection`, async (t) => {
    const local = await startLocal(t);
    const proxy = await startProxy(t, { login: LOGIN });
    const env = { HTTP_PROXY: withLogin(proxy.url) };
    const { code, stderr } = await runFixture(local, 'app.js', [logger, 'natural end', '3'], { env });
    t.is(stderr, '');
    t.is(code, 0);
    t.is(messages(local).length, 3);
    t.true(proxy.asked.length > 0);
    t.true(proxy.asked.every((authority) => local.endpoint === `http://${authority}`));
  });
}

test.serial(
  'a connection through the proxy is kept for later requests, and HTTP_PROXY is read for each connection',
  async (t) => {
    const local = await startLocal(t);
    const proxy = await startProxy(t);
    const env: Record<string, string> = { AWS_EC2_METADATA_DISABLED: 'true' };
    const pipeline = open(t, local, { maxInFlight: 1 }, { env });
    env.HTTP_PROXY = proxy.url;
    for (const text of ['one', 'two', 'three']) {
      pipeline.accept(Date.now(), text);
      await pipeline.flush();
    }
    t.deepEqual(messages(local), ['one', 'two', 'three']);
    t.is(proxy.asked.length, 1);
  },
);

(hasIpv6 ? test.serial : test.serial.skip)('the proxy and the service may be IPv6 addresses', async (t) => {
  const local = await start({ host: '::1' });
  t.teardown(() => local.close());
  const proxy = await startProxy(t, { host: '::1', login: LOGIN });
  t.regex(local.endpoint + proxy.url, /^http:..\[::1\]:\d+http:..\[::1\]:\d+$/);
  await deliverOne(t, open(t, local, { proxy: withLogin(proxy.url) }));
  t.deepEqual(proxy.asked, [new URL(local.endpoint).host]);
});

test.serial('NO_PROXY connects directly', async (t) => {
  const local = await startLocal(t);
  const proxy = await startProxy(t);
  const env = { AWS_EC2_METADATA_DISABLED: 'true', HTTP_PROXY: proxy.url, NO_PROXY: '127.0.0.1' };
  await deliverOne(t, open(t, local, {}, { env }));
  t.deepEqual(proxy.asked, []);
});

test.serial('the option proxy counts before the variables', async (t) => {
  const local = await startLocal(t);
  const proxy = await startProxy(t, { login: LOGIN });
  const env = { AWS_EC2_METADATA_DISABLED: 'true', HTTP_PROXY: 'http://127.0.0.1:1', NO_PROXY: '*' };
  await deliverOne(t, open(t, local, { proxy: withLogin(proxy.url) }, { env }));
  t.is(proxy.asked.length, 1);
  await deliverOne(t, open(t, local, { proxy: false }, { env: { ...env, NO_PROXY: '' } }));
  t.is(proxy.asked.length, 1);
});

for (const [what, status, login, expected] of [
  [
    'wants other credentials',
    200,
    'putlogs:hunter3',
    /refuses the user name and password, or wants some \(407\)/,
  ],
  [
    'wants credentials and gets none',
    200,
    undefined,
    /refuses the user name and password, or wants some \(407\)/,
  ],
  ['does not allow the host', 403, LOGIN, /refuses to connect to 127\.0\.0\.1:\d+ \(403\)/],
  ['does not respond', 'silence', LOGIN, /does not respond/],
] as const) {
  test.serial(`a report names a proxy that ${what}, without the password, and events wait`, async (t) => {
    const local = await startLocal(t);
    const { url, close, port } = await startProxy(t, { login: LOGIN, status });
    const proxy = login === undefined ? url : withLogin(url, login);
    const pipeline = open(t, local, { proxy, requestTimeoutMs: status === 'silence' ? 500 : 300_000 });
    pipeline.accept(Date.now(), 'waits');
    const flushed = pipeline.flush();
    await until('the report', () => pipeline.problems().includes('unavailable'));
    const [problem] = pipeline.reports.filter((report) => report.kind === 'problem');
    t.regex(
      problem?.message ?? '',
      /^CloudWatch Logs cannot be reached through the proxy: check the option proxy, /,
    );
    t.regex(problem?.message ?? '', new RegExp(`\\(ProxyError: the proxy ${url} ${expected.source}\\)$`));
    t.notRegex(JSON.stringify(pipeline.reports), /hunter/);
    t.deepEqual(messages(local), []);
    close();
    await startProxy(t, { port });
    await flushed;
    t.deepEqual(messages(local), ['waits']);
    t.deepEqual(pipeline.counts(), allDelivered(1));
  });
}

test.serial('when the proxy goes away, events wait for it', async (t) => {
  const local = await startLocal(t);
  const first = await startProxy(t);
  const pipeline = open(t, local, { proxy: first.url });
  await deliverOne(t, pipeline);
  first.close();
  pipeline.accept(Date.now(), 'waits');
  const flushed = pipeline.flush();
  await until('the report', () => pipeline.problems().includes('unavailable'));
  const second = await startProxy(t, { port: first.port });
  await flushed;
  t.deepEqual(messages(local), ['hello', 'waits']);
  t.is(second.asked.length, 1);
  t.deepEqual(pipeline.counts(), allDelivered(2));
});

test.serial('after the end nothing waits for a proxy that does not respond', async (t) => {
  const local = await startLocal(t);
  const proxy = await startProxy(t, { status: 'silence' });
  const options = { proxy: proxy.url, requestTimeoutMs: 300_000, closeTimeoutMs: 0 };
  const pipeline = open(t, local, options);
  pipeline.accept(Date.now(), 'lost');
  void pipeline.flush();
  await until('the attempt', () => proxy.asked.length > 0);
  await pipeline.close();
  await until('its end', () => proxy.clients.size === 0);
  t.is(pipeline.counts().dropped.closed, 1);
});

test.serial('a process that ends soon names a proxy that does not respond', async (t) => {
  const local = await startLocal(t);
  const proxy = await startProxy(t, { status: 'silence' });
  const pipeline = open(t, local, { proxy: withLogin(proxy.url), closeTimeoutMs: 500 });
  pipeline.accept(Date.now(), 'lost');
  await pipeline.close();
  const reported = JSON.stringify(pipeline.reports);
  t.true(reported.includes(`(ProxyError: the proxy ${proxy.url} does not respond)`), reported);
  t.notRegex(reported, /hunter2/);
  t.is(pipeline.counts().dropped.closed, 1);
});

test.serial('a variable that is no proxy is reported by its name, and events wait', async (t) => {
  const local = await startLocal(t);
  const env = { AWS_EC2_METADATA_DISABLED: 'true', HTTP_PROXY: 'socks5://putlogs:hunter2@127.0.0.1:1' };
  const pipeline = open(t, local, { closeTimeoutMs: 0 }, { env });
  pipeline.accept(Date.now(), 'waits');
  void pipeline.flush();
  await until('the report', () => pipeline.problems().includes('unavailable'));
  await pipeline.close();
  const reported = JSON.stringify(pipeline.reports);
  t.regex(reported, /ProxyError: the variable HTTP_PROXY is not the URL of an http or https proxy/);
  t.notRegex(reported, /hunter2/);
});
