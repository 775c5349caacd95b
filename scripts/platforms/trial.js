import { spawn } from 'node:child_process';
import { start } from '@putlogs/local';
import { COUNT } from './application.js';

/** The columns of the tables, and with which arguments the application is run for each. */
export const TRIALS = {
  createStream: [['stream', 'worker', 'flush']],
  'pino.transport': [['target', 'worker', 'flush']],
  Winston: [['winston', 'worker', 'flush']],
  'in-process': [
    ['stream', 'in-process', 'flush'],
    ['winston', 'in-process', 'flush'],
  ],
  'process.exit()': [
    ['stream', 'worker', 'exit'],
    ['winston', 'worker', 'exit'],
  ],
  'uncaught error': [
    ['stream', 'worker', 'error'],
    ['winston', 'worker', 'error'],
  ],
};

const TIMEOUT_MS = 120_000;
const OK = 'yes';

/** Reports, errors, and what a test runner says of something that keeps the process. */
const SAID =
  /^\s*putlogs: .+|^(?!.*on purpose)\w*Error.+|^.*(?:did not exit|open handle|failed to exit|close timed out|Failed to terminate).*/m;

/**
 * Runs the application for these columns.
 * @param options the environment as well, and what else nothing may say
 * @returns for each column `yes` if every record arrived and nothing was reported, or what was seen instead
 */
export async function tryAll(columns, command, options) {
  const cells = {};
  for (const column of columns) {
    const seen = [];
    for (const args of TRIALS[column]) seen.push(await tryOnce(command, args, options));
    cells[column] = [...new Set(seen.filter((result) => result !== OK))].join('; ') || OK;
  }
  return cells;
}

/** The arguments are in a variable too, for programs that pass on none. */
async function tryOnce([program, ...command], args, { cwd, env = {}, isRunner = false }) {
  const local = await start();
  try {
    const { code, output } = await run(program, isRunner ? command : [...command, ...args], {
      cwd,
      timeout: TIMEOUT_MS,
      killSignal: 'SIGKILL',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...environment(),
        ...local.env,
        PUTLOGS_LOG_GROUP_NAME: '/app',
        PUTLOGS_SERVICE: 'app',
        TRIAL: args.join(' '),
        ...env,
      },
    });
    return verdict(local, code, args.at(-1) === 'error' ? 1 : 0, output);
  } finally {
    await local.close();
  }
}

function verdict(local, code, expectedCode, output) {
  const arrived = new Set(numbersIn(local.events('/app') ?? []));
  const problems = [];
  if (arrived.size !== COUNT) problems.push(`${arrived.size} of ${COUNT} records`);
  if (code !== expectedCode) problems.push(`exit code ${code}`);
  const [said] = output.match(SAID) ?? [];
  if (said !== undefined) problems.push(said.trim().replaceAll('|', '\\|'));
  return problems.length === 0 ? OK : problems.join(', ');
}

/** The numbers of the records, of errors only if their stack is there. */
function numbersIn(events) {
  return events.flatMap(({ message }) => {
    const number = Number(/record (\d+)\./.exec(message)?.[1]);
    return number % 100 === 99 && !message.includes('"stack"') ? [] : [number];
  });
}

/** What programs of others need. Nothing of the AWS SDK's. */
function environment() {
  const kept = Object.entries(process.env).filter(([name]) => !/^(AWS_|PUTLOGS_|NODE_OPTIONS)/.test(name));
  return {
    ...Object.fromEntries(kept),
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  };
}

function run(program, args, options) {
  const child = spawn(program, args, options);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code: signal ?? code, output }));
  });
}
