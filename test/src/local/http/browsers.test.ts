import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { start } from '@putlogs/local';
import test, { type ExecutionContext } from 'ava';
import { browserTest, findChromium } from '../../support/browser.js';
import { bench, exchange, NOW, signedHeaders } from '../support.js';

const DELETE = JSON.stringify({ logGroupName: 'g' });
const CONTROL = [
  ['GET', '/_putlogs/events?logGroupName=g'],
  ['GET', '/_putlogs/requests'],
  ['POST', '/_putlogs/faults'],
  ['DELETE', '/_putlogs/faults'],
] as const;

/** Headers that Chromium, Firefox and Safari send. */
for (const [what, headers] of [
  ['a page of another site', { origin: 'http://evil.test' }],
  ['a page without a site, as in a sandboxed frame', { origin: 'null' }],
  ['a page whose name resolves to this machine', { origin: 'http://evil.test:4586', host: 'evil.test:4586' }],
  ['a form, as Firefox sends it', { origin: 'http://evil.test', 'sec-fetch-mode': 'navigate' }],
  [
    'an image or a script',
    { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' },
  ],
  [
    'a page of this machine',
    { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' },
  ],
  [
    'an address that was typed',
    { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate', 'sec-fetch-user': '?1' },
  ],
] as const) {
  test(`a request of ${what} is refused on every path`, async (t) => {
    const made = await bench(t);
    await made.put();
    const before = made.local.requests.length;
    const { status, body } = await made.raw('DeleteLogGroup', DELETE, headers);
    t.is(status, 403);
    t.regex(JSON.parse(body).message, /answers no browser/);
    for (const [method, path] of CONTROL)
      t.is((await exchange(made.local.port, method, path, headers)).status, 403, path);
    t.is((await exchange(made.local.port, 'OPTIONS', '/', headers)).status, 403);
    t.deepEqual(made.messages(), ['hello']);
    t.is(made.local.requests.length, before);
  });
}

/** The host, and the other headers that the page's own requests have in a browser. */
for (const [what, host, headers, status] of [
  ['reads', 'localhost:4586', { 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': 'empty' }, 200],
  ['writes', '127.0.0.1:4586', { origin: 'http://127.0.0.1:4586', 'sec-fetch-site': 'same-origin' }, 200],
  ['writes with an old browser', '[::1]:4586', { origin: 'http://[::1]:4586' }, 200],
  [
    'has another name',
    'evil.test:4586',
    { origin: 'http://evil.test:4586', 'sec-fetch-site': 'same-origin' },
    403,
  ],
  ['has another port', 'localhost:4586', { origin: 'http://localhost:3000' }, 403],
  ['has another scheme', 'localhost:4586', { origin: 'https://localhost:4586' }, 403],
  [
    'says so itself only',
    'localhost:4586',
    { origin: 'http://localhost:4586', 'sec-fetch-site': 'same-site' },
    403,
  ],
  ['has no origin', 'localhost:4586', { origin: 'null', 'sec-fetch-site': 'same-origin' }, 403],
] as const) {
  test(`a page that ${what} is answered with ${status} by the control interface, and 403 by the service`, async (t) => {
    const made = await bench(t);
    const sent = { host, ...headers };
    for (const [method, path] of CONTROL) {
      const type = { 'content-type': 'application/json' };
      const body = method === 'POST' ? '{"kind":"throttle"}' : '';
      t.is((await exchange(made.local.port, method, path, { ...sent, ...type }, body)).status, status, path);
    }
    t.is((await made.raw('DeleteLogGroup', DELETE, sent)).status, 403);
  });
}

for (const [what, headers] of [
  ['an SDK in another container, which uses the name of the service,', { host: 'cloudwatch:4586' }],
  ["Node's own fetch", { 'sec-fetch-mode': 'cors', 'accept-language': '*', 'user-agent': 'node' }],
] as const) {
  test(`${what} is answered`, async (t) => {
    const made = await bench(t);
    t.is((await made.raw('DeleteLogGroup', DELETE, headers)).status, 200);
  });
}

test("Node's fetch can read from the control interface", async (t) => {
  const { local } = await bench(t);
  t.is((await fetch(`${local.endpoint}/_putlogs/requests`)).status, 200);
});

/** A page whose name resolves to this machine reads, writes and deletes, and reports the results. */
const attack = (reporter: string, port: number) => `<script type="module">
  const report = (what) => fetch('${reporter}', { method: 'POST', mode: 'no-cors', body: JSON.stringify(what) });
  const headers = ${JSON.stringify(signedHeaders('DeleteLogGroup'))};
  await report('loaded');
  for (;;) {
    const answer = await fetch('/_putlogs/events?logGroupName=g').catch(() => undefined);
    if (answer) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const results = {};
  results.page = (await fetch('/')).status;
  const read = await fetch('/_putlogs/events?logGroupName=g');
  results.read = read.status + ' ' + (await read.text()).includes('hello');
  results.write = (await fetch('/', { method: 'POST', headers, body: '${DELETE}' })).status;
  results.faults = (await fetch('/_putlogs/faults', { method: 'DELETE' })).status;
  await fetch('http://127.0.0.1:${port}/', { method: 'POST', mode: 'no-cors', body: '${DELETE}' }).catch(() => undefined);
  await report(results);
</script>`;

async function listen(t: ExecutionContext, server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return address.port;
}

/** Chromium with an empty profile, in which evil.test resolves to this machine and no other name resolves. */
async function browse(t: ExecutionContext, url: string): Promise<{ readonly ended: Promise<unknown> }> {
  const profile = await mkdtemp(join(tmpdir(), 'putlogs-chromium-'));
  const rules = 'MAP evil.test 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1';
  const args = ['--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run'];
  args.push('--disable-background-networking', '--disable-component-update', '--disable-sync');
  args.push(`--host-resolver-rules=${rules}`, `--user-data-dir=${profile}`, '--remote-debugging-port=0', url);
  // A process group of its own, so that all of it can be ended.
  const child = spawn(findChromium() ?? '', args, { stdio: 'ignore', detached: true });
  const ended = once(child, 'close');
  t.teardown(async () => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
    await ended;
    await rm(profile, { recursive: true, force: true, maxRetries: 10 });
  });
  return { ended };
}

browserTest('a page in Chromium whose name resolves to this machine neither reads nor writes', async (t) => {
  t.timeout(120_000, 'Chromium did not say what the page saw');
  const reports: unknown[] = [];
  let onReport = (): unknown => undefined;
  const reporter = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request.setEncoding('utf8')) text += chunk;
    response.end();
    reports.push(JSON.parse(text));
    onReport();
  });
  const to = `http://evil.test:${await listen(t, reporter)}/`;
  let port = 0;
  const attacker = createServer((_, response) =>
    response.setHeader('content-type', 'text/html').end(attack(to, port)),
  );
  port = await listen(t, attacker);
  const browser = await browse(t, `http://evil.test:${port}/`);
  /** False if Chromium ended before the page had sent that many reports. */
  const isReported = (count: number) =>
    new Promise<boolean>((resolve) => {
      onReport = () => reports.length >= count && resolve(true);
      onReport();
      void browser.ended.then(() => resolve(false));
    });
  t.true(await isReported(1));
  // The same name and port now lead to the service, as after a change of the DNS (DNS rebinding).
  attacker.closeAllConnections();
  await new Promise((resolve) => attacker.close(resolve));
  const local = await start({ port, now: () => NOW, signingClock: () => NOW });
  t.teardown(() => local.close());
  t.is(await request(local.port, 'CreateLogGroup', { logGroupName: 'g' }), 200);
  t.true(await isReported(2));
  t.deepEqual(reports, ['loaded', { page: 403, read: '403 false', write: 403, faults: 403 }]);
  t.is(await request(local.port, 'CreateLogStream', { logGroupName: 'g', logStreamName: 's' }), 200);
});

/** The status of a request like that of an SDK. */
async function request(port: number, operation: string, input: object): Promise<number> {
  return (await exchange(port, 'POST', '/', signedHeaders(operation), JSON.stringify(input))).status;
}
