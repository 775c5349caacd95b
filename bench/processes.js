import { fork } from 'node:child_process';
import { once } from 'node:events';
import { devNull } from 'node:os';
import { fileURLToPath } from 'node:url';
import { openOutput } from './output.js';

const RUN_TIMEOUT_MS = 180_000;

/** What every process gets, with nothing of the user's configuration. */
function environment(endpoint) {
  return {
    PATH: process.env.PATH,
    NODE_ENV: 'production',
    NODE_NO_WARNINGS: '1',
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: endpoint,
    // The bench prints what was dropped itself.
    PUTLOGS_REPORT_TO_STDERR: 'false',
  };
}

/**
 * Starts a file of the bench in a process of its own.
 * @param {string} file
 * @param {{ readonly endpoint?: string }} task what it gets as its argument
 * @param {{ timeoutMs?: number, stdout?: 'inherit' | number }} [options]
 */
export function start(file, task, { timeoutMs = RUN_TIMEOUT_MS, stdout = 'inherit' } = {}) {
  return fork(fileURLToPath(new URL(file, import.meta.url)), [JSON.stringify(task)], {
    timeout: timeoutMs,
    stdio: ['ignore', stdout, 'inherit', 'ipc'],
    env: environment(task.endpoint),
  });
}

/** The next message of a process, which must not end before it. */
export async function answer(child) {
  const ended = new AbortController();
  const fail = (code, signal) => ended.abort(new Error(`${child.spawnargs.at(-2)} ended: ${signal ?? code}`));
  child.once('exit', fail);
  try {
    const [message] = await once(child, 'message', { signal: ended.signal });
    return message;
  } catch (error) {
    throw ended.signal.reason ?? error;
  } finally {
    child.off('exit', fail);
  }
}

/**
 * Runs a file of the bench against an endpoint, each in a process of its own.
 * @param {string} file
 * @param {{ readonly records: number }} task
 * @param {{ output?: import('./variants.js').Variant['output'], fluentBit?: string }} [shipping] of its stdout
 * @returns {Promise<{ seen: object, got: import('./tally.js').Tally['result'] }>}
 *   what it measured, and what the endpoint got of so many records
 */
export async function runAgainstEndpoint(file, task, shipping = {}) {
  const service = start('children/endpoint.js', {});
  try {
    const { port } = await answer(service);
    const seen = await runWithOutput(file, { ...task, endpoint: `http://127.0.0.1:${port}` }, port, shipping);
    service.send({ records: task.records, mark: task.killAt });
    return { seen, got: await answer(service) };
  } finally {
    service.kill();
  }
}

async function runWithOutput(file, task, port, { output: kind, fluentBit }) {
  const output = await openOutput(kind, { port, fluentBit, env: environment(task.endpoint) });
  try {
    const child = start(file, { ...task, shipperPid: output.pid }, { stdout: output.stdout });
    output.handOver();
    const ended = once(child, 'exit');
    const seen = await answer(child);
    await ended;
    return seen;
  } finally {
    await output.end();
  }
}

/** @param {string | undefined} text @param {string} name of the option */
export function positive(text, name) {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`--${name} is no positive whole number: ${text}`);
  return Number(text);
}

export function print(text) {
  process.stdout.write(text);
}
