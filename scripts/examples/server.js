import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { start } from '@putlogs/local';
import { expectRecords } from './arrived.js';
import { expectEnd, expectSilence, written } from './process.js';

const DEADLINE_MS = 120_000;

/** How a process ends that nobody ends but the signal. */
const BY_SIGTERM = { code: null, signal: 'SIGTERM' };

/**
 * Starts a server, visits each path once and stops it by SIGTERM.
 * @param {Record<string, string[]>} paths with the texts of the records that each visit makes
 * @param options the arguments of Node, and how the process ends
 */
export function checkServer(paths, { argsOf = argsOfStart, end = BY_SIGTERM } = {}) {
  return async (project) => {
    const local = await start();
    const port = await freePort();
    const env = { ...local.env, PORT: String(port), HOSTNAME: '127.0.0.1', NODE_ENV: 'production' };
    const { child, ended } = project.start(argsOf(project), env, ['ignore', 'ignore', 'pipe']);
    const stderr = written(child.stderr);
    try {
      await listening(port, ended);
      for (const path of Object.keys(paths)) await visit(`http://127.0.0.1:${port}${path}`);
      child.kill('SIGTERM');
      await expectEnd(ended, end);
      expectSilence(stderr());
      const texts = Object.values(paths).flat();
      return expectRecords(local, Object.fromEntries(texts.map((text) => [text, 1])));
    } finally {
      child.kill('SIGKILL');
      await local.close();
    }
  };
}

/** Node is started without npm, which would keep the signal from it. */
function argsOfStart(project) {
  const [program, ...args] = project.manifest.scripts.start.split(' ');
  if (program !== 'node')
    throw new Error(`npm start begins with ${program}, which hides the signal from Node.`);
  return args;
}

/** As a browser does: with the scripts and pictures of the page. */
async function visit(url) {
  const page = await ask(url);
  const files = Array.from(page.matchAll(/ (?:src|href)="(\/[^"]+)"/g), ([, file]) => file);
  for (const file of new Set(files)) await ask(new URL(file, url));
}

async function ask(url) {
  const response = await fetch(url, { signal: AbortSignal.timeout(DEADLINE_MS) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answers ${response.status}: ${text}`);
  return text;
}

/** Waits for a connection, and not for an answer, which would be logged. */
async function listening(port, ended) {
  let end;
  void ended.then((how) => {
    end = how;
  });
  const deadline = performance.now() + DEADLINE_MS;
  while (!(await connects(port))) {
    if (end !== undefined) throw new Error(`The server has ended: ${JSON.stringify(end)}`);
    if (performance.now() > deadline) throw new Error(`Nothing listens on port ${port}.`);
    await sleep(100);
  }
}

async function connects(port) {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}
