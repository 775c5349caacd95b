import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { start } from '@putlogs/local';
import { expectRecords } from './arrived.js';
import { expectSilence, inTime, written } from './process.js';

const RUNTIME = fileURLToPath(new URL('lambda-runtime.js', import.meta.url));
const INVOCATIONS = 3;

/** Those of Lambda. npm has the binaries. */
const NODES = ['22', '24'];

export async function checkLambda(project, workshop) {
  const kind = `${process.platform}-${process.arch}`;
  const binaries = workshop.project('nodes-of-lambda');
  await binaries.install(NODES.map((version) => `node-${version}@npm:node-${kind}@${version}`));
  const seen = [];
  for (const version of NODES) {
    const node = join(binaries.folder, 'node_modules', `node-${version}`, 'bin', 'node');
    seen.push(`Node ${version}: ${await checkOn(node, project)}`);
  }
  return seen.join('; ');
}

/** After each answer the process is frozen, as Lambda does, and thawed by the next event. What it logged has arrived by then. */
async function checkOn(node, project) {
  const local = await start();
  const handler = pathToFileURL(join(project.folder, 'handler.js')).href;
  const { child, ended } = project.start(
    [RUNTIME, handler],
    local.env,
    ['ignore', 'pipe', 'pipe', 'ipc'],
    node,
  );
  const output = written(child.stdout, child.stderr);
  try {
    for (let orderId = 1; orderId <= INVOCATIONS; orderId++) {
      child.kill('SIGCONT');
      child.send({ orderId });
      const answered = Promise.race([once(child, 'message'), ended.then((end) => [end])]);
      const [answer] = await inTime(answered, 'answer');
      child.kill('SIGSTOP');
      if (answer.statusCode !== 200) throw new Error(`The handler answers ${JSON.stringify(answer)}`);
      expectRecords(local, { 'order placed': orderId });
    }
    expectSilence(output());
    return `${expectRecords(local, { 'order placed': INVOCATIONS })}, each before the freeze`;
  } finally {
    child.kill('SIGKILL');
    await ended;
    await local.close();
  }
}
