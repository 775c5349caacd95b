import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Policy } from '../access/policy.js';
import { QUOTAS } from '../access/quotas.js';
import { CHAOS, CHAOS_SUMMARY, MAX_SEED, seededRandom } from '../faults/chaos.js';
import { isForLoopback } from '../http/browsers.js';
import { Journal, type JournalProblem } from '../journal/journal.js';
import type { Local, StartOptions } from '../local.js';
import type { Service } from '../service/service.js';
import { startService } from '../start.js';
import { safe } from '../terminal/safe-text.js';
import { jsonLines, Transcript } from '../terminal/transcript.js';
import { version } from '../version.js';
import { openBrowser } from './open-browser.js';
import { isPiped, showInput } from './piped-input.js';
import { PROGRAM_NAME } from './program-name.js';
import { UsageError } from './usage-error.js';

const USAGE = `Usage: ${PROGRAM_NAME} [options]
       node app.js | ${PROGRAM_NAME} [options]
       ${PROGRAM_NAME} query [search] [options]

A strict Amazon CloudWatch Logs on this machine. Prints each log event that arrives,
and each line of an application that is piped into it.

  --port <number>   port to listen on (default 4586; 0: a free one)
  --host <name>     address to listen on (default 127.0.0.1)
  --open            open the page of the service in a browser
  --db <file>       keep log groups and events in this file, over restarts
  --mcp             let assistants read, by the Model Context Protocol, at <address>/_putlogs/mcp
  --json            print events as JSON, one a line
  --chaos[=<seed>]  inject faults into PutLogEvents, CreateLogGroup and CreateLogStream:
                    ${CHAOS_SUMMARY}.
                    The same seed, an integer, gives the same faults (default: random, printed)
  --policy <file>   allow only what this policy of IAM allows
  --quotas          throttle above the quotas of an account, such as ${QUOTAS.CreateLogStream} CreateLogStream a second
  --help            print this help
  --version         print the version
`;

/** Memory is bounded, since the service may run for days. README.md states both numbers. */
const KEPT: StartOptions = { keepRequests: 10_000, keepEventBytes: 32 * 1024 * 1024 };

interface Arguments {
  readonly port: number;
  readonly host: string;
  readonly json: boolean;
  readonly open: boolean;
  /** A file that keeps what the service holds. */
  readonly db: string | undefined;
  readonly mcp: boolean;
  /** Seed of the chaos; undefined: no chaos. */
  readonly chaos: number | undefined;
  readonly access: Pick<StartOptions, 'policy' | 'quotas'>;
}

/** @throws {Error} saying which argument is invalid */
function readArguments(given: readonly string[]): Arguments | 'help' | 'version' {
  const { values } = parseArgs({
    // parseArgs does not support options with an optional value.
    args: given.map((arg) => (arg === '--chaos' ? `--chaos=${randomInt(1_000_000)}` : arg)),
    options: {
      port: { type: 'string', default: '4586' },
      host: { type: 'string', default: '127.0.0.1' },
      json: { type: 'boolean', default: false },
      open: { type: 'boolean', default: false },
      db: { type: 'string' },
      mcp: { type: 'boolean', default: false },
      chaos: { type: 'string' },
      policy: { type: 'string' },
      quotas: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      version: { type: 'boolean', default: false },
    },
  });
  const { port, host, json, open, db, mcp, chaos, policy, quotas, help, version } = values;
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) throw new Error(`--port is not a port: ${port}`);
  if (db === '') throw new Error('--db is empty');
  if (host === '') throw new Error('--host is empty');
  const access = {
    ...(policy !== undefined && { policy: readPolicy(policy) }),
    ...(quotas && { quotas: QUOTAS }),
  };
  const seed = readSeed(chaos);
  if (help) return 'help';
  if (version) return 'version';
  return { port: Number(port), host, json, open, db, mcp, chaos: seed, access };
}

function readPolicy(file: string): object {
  try {
    const document = JSON.parse(readFileSync(file, 'utf8'));
    new Policy(document);
    return document;
  } catch (error) {
    throw new Error(`--policy ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function readSeed(seed: string | undefined): number | undefined {
  if (seed === undefined) return undefined;
  if (!/^\d{1,10}$/.test(seed) || Number(seed) > MAX_SEED) {
    throw new Error(`--chaos is not a seed, an integer up to ${MAX_SEED}: ${seed}`);
  }
  return Number(seed);
}

/** Prints what arrives. With --json, stdout contains events only. */
function listeners(json: boolean): StartOptions {
  if (json) return { onPut: (put) => void process.stdout.write(jsonLines(put)) };
  // https://no-color.org: any value except the empty string turns colour off.
  const transcript = new Transcript(process.stdout.isTTY && !process.env.NO_COLOR);
  return {
    onPut: (put) => void process.stdout.write(transcript.put(put)),
    onRequest: (request) => void process.stdout.write(transcript.request(request)),
  };
}

function greeting(local: Local, { chaos, mcp }: Arguments): string {
  const lines = Object.entries(local.env).map(([name, value]) => `  export ${name}=${value}`);
  const notices = [
    ...(chaos === undefined ? [] : [chaosNotice(chaos)]),
    ...(mcp && hasPage(local) ? [`Assistants may read at ${local.endpoint}/_putlogs/mcp.`] : []),
    `Events appear here as they arrive${hasPage(local) ? `, and on the page ${local.endpoint}/` : ''}. Press Ctrl+C to end.`,
    ...(hasPage(local) ? [] : [NO_PAGE]),
  ];
  return `CloudWatch Logs is at ${local.endpoint}. Point an application at it:\n\n${lines.join('\n')}\n\n${oneClient(local)}\n\n${notices.join('\n\n')}\n`;
}

/** For a client that has credentials and a Region already. */
const oneClient = ({ endpoint }: Local): string => `Or one client alone, which has credentials and a Region:

  aws logs describe-log-groups --endpoint-url ${endpoint}
  PUTLOGS_ENDPOINT=${endpoint} node app.js   (with @putlogs/pino or @putlogs/winston)`;

/** The page and all else under /_putlogs/ are answered at a loopback name alone. */
const hasPage = ({ endpoint }: Local): boolean => isForLoopback({ host: new URL(endpoint).host });
const NO_PAGE =
  'The page and /_putlogs/ are not available at this address: listen at 127.0.0.1, or 0.0.0.0 and open it from this machine.';

const chaosNotice = (seed: number): string => `Chaos: ${CHAOS_SUMMARY}. To repeat it, use --chaos=${seed}.`;

function failure({ port, host }: Arguments, error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE')
    return `Port ${port} of ${host} is in use. Choose another with --port, or 0 for a free one.`;
  const isOfNetwork = 'syscall' in error && (error.syscall === 'listen' || error.syscall === 'getaddrinfo');
  return isOfNetwork ? `Cannot listen on port ${port} of ${host}: ${error.message}` : error.message;
}

async function run(args: Arguments): Promise<void> {
  const { port, host, json, open, db, mcp, chaos, access } = args;
  const random = chaos === undefined ? Math.random : seededRandom(chaos);
  const journal = db === undefined ? undefined : new Journal(db, (problem) => complain(db, problem));
  const local = await startService(
    { port, host, random, ...access, ...KEPT, ...listeners(json) },
    { journal, isForAssistants: mcp },
  );
  if (chaos !== undefined) for (const fault of CHAOS) local.fault(fault);
  const ending = new AbortController();
  const end = (): void => {
    ending.abort();
    process.stdin.destroy();
    void local.close();
  };
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
  // The reader of the pipe has ended, as in `putlogs-local | head`.
  process.stdout.on('error', end);
  (json ? process.stderr : process.stdout).write(greeting(local, args));
  if (open && hasPage(local) && !(await openBrowser(`${local.endpoint}/`))) {
    process.stderr.write(`No program here opens a browser. Open ${local.endpoint}/ yourself.\n`);
  }
  if (journal && journal.damagedLines > 0) process.stderr.write(damageNotice(db ?? '', journal));
  if (isPiped()) void pass(local, ending.signal);
}

function damageNotice(file: string, { damagedLines, original }: Journal): string {
  const lines = damagedLines === 1 ? '1 damaged line' : `${damagedLines} damaged lines`;
  const aside = original === undefined ? '' : ` The file as it was is ${safe(original)}.`;
  return `${lines} of ${safe(file)} ${damagedLines === 1 ? 'was' : 'were'} left out.${aside}\n`;
}

const EFFECTS = {
  ended: 'is no longer written. Events are only in memory',
  notRewritten: 'was not rewritten, and goes on to grow',
} as const satisfies Record<JournalProblem['kind'], string>;

/** The service goes on. */
function complain(file: string, { kind, error }: JournalProblem): void {
  process.stderr.write(`${safe(file)} ${EFFECTS[kind]}: ${safe(String(error))}.\n`);
}

/** Shows what is piped into the service, which goes on when that has ended. */
async function pass(service: Service, ending: AbortSignal): Promise<void> {
  await showInput(service).catch(() => undefined);
  if (ending.aborted) return;
  process.stderr.write(
    `The input has ended. The service and its page ${service.endpoint}/ go on until Ctrl+C.\n`,
  );
}

/**
 * Runs the service until it is ended.
 * @returns the exit code, once it listens
 * @throws {UsageError} if an argument is wrong
 */
export async function serve(given: readonly string[]): Promise<number> {
  const args = parse(given);
  if (args === 'help' || args === 'version') {
    process.stdout.write(args === 'help' ? USAGE : `${version()}\n`);
    return 0;
  }
  try {
    await run(args);
    return 0;
  } catch (error) {
    throw new Error(failure(args, error), { cause: error });
  }
}

function parse(given: readonly string[]): ReturnType<typeof readArguments> {
  try {
    return readArguments(given);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), USAGE);
  }
}
