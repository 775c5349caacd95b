// Runs the examples as a stranger would: each in a folder of its own, with npm, and with our packages as they would be
// published. Checks what arrives in a local CloudWatch Logs. `node scripts/examples.js fastify next` runs these alone.
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkLambda } from './examples/lambda.js';
import { checkProgram } from './examples/program.js';
import { checkServer } from './examples/server.js';
import { checkStack } from './examples/stack.js';
import { checkStandalone } from './examples/standalone.js';
import { Workshop } from './packages/project.js';

/** Each checks an installed project, and returns what it saw. */
const CHECKS = {
  fastify: checkServer({ '/': ['incoming request', 'order placed', 'request completed'] }),
  'express-pino': checkServer({ '/': ['order placed', 'request completed'] }),
  'express-winston': checkServer({ '/': ['order placed', 'request completed'] }),
  'nest-pino': checkServer({
    '/': ['Nest application successfully started', 'order placed', 'request completed'],
  }),
  'nest-winston': checkServer({ '/': ['Nest application successfully started', 'order placed'] }),
  koa: checkServer({ '/': ['order placed', 'request completed'] }),
  hapi: checkServer({ '/': ['server started', 'order placed', '[response] get / 200 '] }),
  hono: checkServer({ '/': ['order placed', 'request completed'] }),
  next: checkStandalone(
    { '/orders': ['order placed'], '/': ['page rendered'] },
    { end: { code: 143, signal: null } },
  ),
  ecs: checkProgram({ listening: 1 }),
  tenants: checkProgram({ 'order placed': 2, 'invoice sent': 1, listening: 1 }),
  lambda: checkLambda,
  cdk: checkStack,
};

const chosen = process.argv.slice(2);
const unknown = chosen.filter((name) => !(name in CHECKS));
if (unknown.length > 0) throw new Error(`No example is named ${unknown.join(', ')}.`);

const workshop = new Workshop();
try {
  for (const name of chosen.length > 0 ? chosen : Object.keys(CHECKS)) {
    const startedAt = performance.now();
    const seen = await check(name);
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
    process.stdout.write(`${name.padEnd(16)}${seconds.padStart(4)} s  ${seen}\n`);
  }
} finally {
  workshop.remove();
}

async function check(name) {
  const example = fileURLToPath(new URL(`../examples/${name}`, import.meta.url));
  const project = workshop.project(name, (folder) =>
    cpSync(example, folder, {
      recursive: true,
      filter: (path) => !path.startsWith(join(example, 'node_modules')),
    }),
  );
  await project.install();
  if (project.manifest.scripts?.build !== undefined) await project.npm('run', 'build');
  return CHECKS[name](project, workshop);
}
