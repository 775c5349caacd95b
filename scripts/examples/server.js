import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { start } from '@putlogs/local';
import { expectRecords } from './arrived.js';

const DEADLINE_MS = 120_000;

/**
 * Starts a server, asks for each path once and stops it by SIGTERM.
 * @param {Record<string, string[]>} paths with the texts of the records that each request makes
 */
export function checkServer(paths) {
  return async (project) => {
    const local = await start();
    const port = await freePort();
    const [program, ...args] = project.manifest.scripts.start.split(' ');
    if (program !== 'node')
      throw new Error(`npm start begins with ${program}, which hides the signal from Node.`);
    const env = { ...local.env, PORT: String(port), HOSTNAME: '127.0.0.1', NODE_ENV: 'production' };
    const { child, ended } = project.start(args, env, ['ignore', 'ignore', 'inherit']);
    try {
      await listening(port, ended);
      for (const path of Object.keys(paths)) await ask(`http://127.0.0.1:${port}${path}`);
      child.kill('SIGTERM');
      await ended;
      const texts = Object.values(paths).flat();
      return expectRecords(local, Object.fromEntries(texts.map((text) => [text, 1])));
    } finally {
      child.kill('SIGKILL');
      await local.close();
    }
  };
}

async function ask(url) {
  const response = await fetch(url, { signal: AbortSignal.timeout(DEADLINE_MS) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answers ${response.status}: ${text}`);
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
