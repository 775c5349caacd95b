// Runs the commands that docs/cli.md and docs/doctor.md show, in a folder of their own and against the local service, and
// writes what they print into the pages. What differs from run to run (ports, times) and from machine to machine (its name, the
// version of Node) gets fixed values. With --check it only says which page is stale.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { start } from '@putlogs/local';
import { put, textOf } from './pages/part.js';

const PUTLOGS = fileURLToPath(new URL('../packages/cli/dist/main.js', import.meta.url));
const PAGES = ['docs/cli.md', 'docs/doctor.md'];
const SCREEN = /<!-- screen: (.+?) -->\n[\s\S]*?<!-- screen end -->/g;

const APP = `console.log('{"level":"info","msg":"listening","port":8080}');
console.error('TypeError: fetch failed');
`;

/** The machine that the pages are written on. The columns are as wide as its name. */
const HOST_NAME = `require('node:os').hostname = () => 'db7';
require('node:module').syncBuiltinESMExports();
`;

/** What `putlogs migrate` is shown with. */
const BEFORE_MIGRATION = `import winston from 'winston';
import WinstonCloudWatch from 'winston-cloudwatch';

export const logger = winston.createLogger({
  transports: [
    new WinstonCloudWatch({
      name: 'aws',
      logGroupName: 'checkout',
      logStreamName: () => 'web-' + new Date().toISOString().slice(0, 10),
      awsRegion: 'eu-west-1',
      jsonMessage: true,
    }),
  ],
});
`;

const folder = mkdtempSync(join(tmpdir(), 'putlogs-screens-'));
try {
  const env = prepare();
  for (const page of PAGES) {
    let text = textOf(page);
    for (const [before, command] of text.matchAll(SCREEN)) {
      const after = await screen(command, env);
      // A function, since a text may contain `$&`.
      text = text.replace(before, () => after);
    }
    put(page, 'scripts/screens.js', text);
  }
} finally {
  rmSync(folder, { recursive: true });
}

/** An application called checkout, and putlogs in the PATH. */
function prepare() {
  mkdirSync(join(folder, 'bin'));
  mkdirSync(join(folder, 'checkout'));
  writeFileSync(join(folder, 'checkout', 'package.json'), '{"name":"checkout"}');
  writeFileSync(join(folder, 'checkout', 'app.js'), APP);
  writeFileSync(join(folder, 'checkout', 'logger.js'), BEFORE_MIGRATION);
  leaveInSpool(join(folder, 'spool'));
  const program = join(folder, 'bin', 'putlogs');
  writeFileSync(program, `#!/bin/sh\nexec ${process.execPath} ${PUTLOGS} "$@"\n`);
  chmodSync(program, 0o755);
  const hostName = join(folder, 'host-name.cjs');
  writeFileSync(hostName, HOST_NAME);
  return {
    PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
    AWS_EC2_METADATA_DISABLED: 'true',
    NODE_OPTIONS: `--require=${hostName}`,
  };
}

/** As a process that has ended leaves it. */
function leaveInSpool(root) {
  const left = join(root, '7c0a4b1e-89ab-4cde-8f01-23456789abcd');
  mkdirSync(left, { recursive: true, mode: 0o700 });
  const destination = { destination: 0, logGroupName: '/my/app', logStreamName: 'db7/4711' };
  const events = [0, 1, 2].map((i) => ({ timestamp: Date.now() - 60_000 + i, message: `order ${i} placed` }));
  const lines = [destination, { batch: 0, destination: 0 }].map((line) => JSON.stringify(line));
  lines.push(...events.map((event) => `${JSON.stringify(event)},`));
  writeFileSync(join(left, '0.ndjson'), `${lines.join('\n')}\n`, { mode: 0o600 });
}

/** Each command has a service of its own, which is empty. */
async function screen(command, env) {
  const local = await start();
  const child = spawn('sh', ['-c', `exec 2>&1; ${command.replaceAll('/srv', folder)}`], {
    cwd: join(folder, 'checkout'),
    env: { ...env, ...local.env },
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output += text;
  });
  await once(child, 'close');
  await local.close();
  return `<!-- screen: ${command} -->\n\`\`\`\n$ ${command}\n${steady(output)}\`\`\`\n<!-- screen end -->`;
}

function steady(text) {
  return text
    .replaceAll(folder, '/srv')
    .replaceAll(process.version.slice(1), '24.12.0')
    .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:4586')
    .replaceAll(/\b\d+ ms\b/g, '3 ms')
    .replaceAll(/\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\b/g, '2026-11-24 12:00:00')
    .replaceAll(/\b\d\d:\d\d:\d\d\.\d{3}\b/g, '12:00:00.000')
    .replaceAll(/^\d{4}-\d\d-\d\d (\w+)\/\d+$/gm, '2026-11-24 $1/4711')
    .replaceAll(/(log stream \w+)\/\d+/g, '$1/4711');
}
