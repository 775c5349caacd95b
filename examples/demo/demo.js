// Two applications, one with Pino and one with Winston, log to a local CloudWatch Logs. The demo shows what arrived, and
// succeeds only if the log line of every request arrived exactly once.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { styleText } from 'node:util';
import { start } from '@putlogs/local';

const REQUESTS = 200;
const DEADLINE_MS = 60_000;
const APPS = [
  { name: 'pino.js', logGroupName: '/demo/pino' },
  { name: 'winston.js', logGroupName: '/demo/winston' },
];

// There, somebody can look at the page until they have seen enough.
const atTerminal = process.stdin.isTTY && process.stdout.isTTY;

const local = await start();
print(`${bold('CloudWatch Logs')} on this machine: @putlogs/local at ${local.endpoint}`);
if (atTerminal) print(`${bold('Its page')} shows what arrives: ${local.endpoint}/`);
print(
  `${bold('Two applications')}, ${REQUESTS} HTTP requests each: ${APPS.map(({ name }) => `examples/demo/${name}`).join(', ')}`,
);

const apps = new AbortController();
const results = await Promise.all(APPS.map(run)).finally(() => apps.abort());
for (const result of results) show(result);

const complete = results.every(({ arrivedOnce, code }) => arrivedOnce === REQUESTS && code === 0);
print(
  complete
    ? bold('\nEvery request was logged exactly once, and both applications ended by themselves.')
    : '\nFAILED: not every request was logged exactly once.',
);
process.exitCode = complete ? 0 : 1;

if (atTerminal) {
  print(`\nAll of it is on the page ${bold(`${local.endpoint}/`)}. Press Ctrl+C to end.`);
} else {
  await local.close();
}

async function run({ name, logGroupName }) {
  const port = await freePort();
  const server = fileURLToPath(new URL(name, import.meta.url));
  const app = spawn(process.execPath, [server], {
    // No other variables of the shell, so that the logs only go to the local service.
    env: {
      ...local.env,
      PATH: process.env.PATH,
      PORT: String(port),
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    },
    stdio: ['ignore', 'inherit', 'inherit'],
    signal: apps.signal,
    timeout: DEADLINE_MS,
  });
  app.on('error', () => undefined); // aborted, since the other application failed
  const ended = once(app, 'exit');
  const url = `http://127.0.0.1:${port}`;
  await listening(url);
  for (let i = 1; i <= REQUESTS; i++) await fetch(`${url}/orders/${i}`).then((response) => response.text());
  const signal = AbortSignal.timeout(DEADLINE_MS);
  const counts = await fetch(`${url}/healthz`, { signal }).then((response) => response.json());
  app.kill('SIGTERM');
  const [code] = await ended;
  return { name, logGroupName, counts, code, arrivedOnce: countArrivedOnce(logGroupName) };
}

async function listening(url) {
  for (let tries = 0; tries < 100; tries++) {
    const answers = await fetch(`${url}/hello`).then(
      () => true,
      () => false,
    );
    if (answers) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`No server listens on ${url}.`);
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}

function countArrivedOnce(logGroupName) {
  const seen = new Map();
  for (const { message } of local.events(logGroupName)) {
    const { url } = JSON.parse(message);
    seen.set(url, (seen.get(url) ?? 0) + 1);
  }
  let once = 0;
  for (let i = 1; i <= REQUESTS; i++) if (seen.get(`/orders/${i}`) === 1) once++;
  return once;
}

function show({ name, logGroupName, counts, arrivedOnce }) {
  const events = local.events(logGroupName).sort((a, b) => a.timestamp - b.timestamp);
  const [first] = events;
  const puts = local.requests.filter(
    (r) => r.logGroupName === logGroupName && r.operation === 'PutLogEvents' && r.status === 200,
  );
  const wireBytes = puts.reduce((sum, put) => sum + put.wireBytes, 0);
  print(`\n${bold(name)}`);
  print(`  log group   ${logGroupName}`);
  print(`  log stream  ${first?.logStreamName}`);
  print(`  entity      ${pairs(first?.entity?.keyAttributes)}`);
  print(`              ${pairs(first?.entity?.attributes)}`);
  for (const { timestamp, message } of [...events.slice(0, 2), ...events.slice(-2)]) {
    print(`  ${dim(new Date(timestamp).toISOString())}  ${message}`);
  }
  const requests = puts.length === 1 ? 'one request' : `${puts.length} requests`;
  print(`  ${events.length} events in ${requests}, ${wireBytes} bytes gzipped`);
  print(`  the transport counts ${JSON.stringify(counts)}`);
  print(`  ${arrivedOnce} of ${REQUESTS} requests were logged exactly once`);
}

function pairs(attributes = {}) {
  return Object.entries(attributes)
    .map(([key, value]) => `${dim(key)} ${value}`)
    .join('  ');
}

function bold(text) {
  return style('bold', text);
}

function dim(text) {
  return style('dim', text);
}

function style(format, text) {
  return process.stdout.isTTY && !process.env.NO_COLOR ? styleText(format, text) : text;
}

function print(line) {
  process.stdout.write(`${line}\n`);
}
