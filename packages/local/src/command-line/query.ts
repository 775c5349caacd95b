import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { toJson } from '../http/json.js';
import { isShape } from '../operations/members.js';
import type { FoundEvent } from '../search/find-events.js';
import { parseSpan } from '../search/time-span.js';
import { Transcript } from '../terminal/transcript.js';
import { ask } from './ask.js';
import { PROGRAM_NAME } from './program-name.js';
import { UsageError } from './usage-error.js';

const QUERY_USAGE = `Usage: ${PROGRAM_NAME} query [search] [options]

Prints the events of a running service that match, in order of time. Ends with 0 if there are any, with 1 if there are
none, and with 2 if the search or the service is wrong.

  search               terms that must all match, such as: 'level:error path:/orders status>=500 -health'.
                       A name with a value right behind it is a field; text in "quotation marks" is always text,
                       such as '"status:500"'
  --pattern <pattern>  a filter pattern of CloudWatch Logs, such as: '{ $.status >= 500 }'
  --group <name>       only this log group
  --stream <name>      only this log stream
  --since <time>       only events since then: a span such as 90s, 15m, 2h or 7d, or a date such as 2026-11-24T12:00:00Z
  --limit <number>     the newest of them, from 1 to 10000 (default 1000)
  --json               one event a line, as JSON
  --endpoint <url>     of the service (default: AWS_ENDPOINT_URL_CLOUDWATCH_LOGS, else http://127.0.0.1:4586)
`;

const DEFAULT_ENDPOINT = 'http://127.0.0.1:4586';

/** What the service answers. */
interface Found {
  readonly total: number;
  readonly events: readonly FoundEvent[];
}

/**
 * Searches a running service.
 * @returns the exit code
 * @throws {UsageError} if an argument is wrong
 */
export async function query(args: readonly string[]): Promise<number> {
  const { positionals, values } = readArguments(args);
  if (values.help) {
    process.stdout.write(QUERY_USAGE);
    return 0;
  }
  const { json = false, endpoint = process.env.AWS_ENDPOINT_URL_CLOUDWATCH_LOGS ?? DEFAULT_ENDPOINT } =
    values;
  const parameters = {
    query: positionals.join(' '),
    filterPattern: values.pattern,
    logGroupName: values.group,
    logStreamName: values.stream,
    startTime: values.since === undefined ? undefined : String(timeOf(values.since)),
    limit: values.limit,
  };
  const found = await search(endpoint, parameters);
  await print(json ? jsonOf(found) : textOf(found));
  const left = found.total - found.events.length;
  if (left > 0) process.stderr.write(`${left} older events match too: see --limit.\n`);
  return found.total > 0 ? 0 : 1;
}

function readArguments(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        help: { type: 'boolean' },
        pattern: { type: 'string' },
        group: { type: 'string' },
        stream: { type: 'string' },
        since: { type: 'string' },
        limit: { type: 'string' },
        json: { type: 'boolean' },
        endpoint: { type: 'string' },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), QUERY_USAGE);
  }
}

function timeOf(since: string): number {
  const span = parseSpan(since);
  const time = span === undefined ? Date.parse(since) : Math.max(0, Date.now() - span);
  if (time >= 0) return time;
  throw new UsageError(`--since is neither a span such as 15m nor a date: ${since}`, QUERY_USAGE);
}

async function search(
  endpoint: string,
  parameters: Readonly<Record<string, string | undefined>>,
): Promise<Found> {
  const given = Object.entries(parameters).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  const url = `${endpoint.replace(/\/$/, '')}/_putlogs/search?${new URLSearchParams(given)}`;
  const { status, body } = await ask(url).catch((error: unknown) => {
    throw new Error(`No putlogs-local answers at ${endpoint}: start it, or use --endpoint.`, {
      cause: error,
    });
  });
  const answer = readJson(body);
  // The service is of this version, or near it.
  if (status === 200 && isShape(answer)) return answer as unknown as Found;
  const reason = isShape(answer) && typeof answer.message === 'string' ? answer.message : undefined;
  throw new Error(reason ?? `What answers at ${endpoint} is not putlogs-local.`);
}

/** Writes to standard output, until its reader ends, as in `query … | head`. */
async function print(lines: Iterable<string>): Promise<void> {
  // The writes that are under way then fail too.
  process.stdout.on('error', () => undefined);
  try {
    await pipeline(Readable.from(lines), process.stdout, { end: false });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPIPE')) throw error;
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function* jsonOf({ events }: Found): Generator<string> {
  for (const event of events) yield `${toJson(event)}\n`;
}

function* textOf({ events }: Found): Generator<string> {
  const transcript = new Transcript(process.stdout.isTTY && !process.env.NO_COLOR);
  for (const event of events) yield transcript.put({ ...event, events: [event] });
}
