import { isObject } from '../util/json.js';
import { addCounts, type Counts } from './counts.js';
import { outcomeCounts } from './outcome-counts.js';

/** A transport whose events are counted. */
export interface Counted {
  readonly logGroupName: string;
  readonly counts: Counts;
}

/**
 * The counts of transports in the text format of Prometheus, as of their last reports. Transports that write to the same
 * log group are added up.
 * @param transports what `createStream()` or `new CloudWatchTransport()` returned
 * @throws {TypeError} for anything else, such as a logger, an array or what `pino.transport()` returned
 * @returns whole lines, to be added to an application's own metrics
 * @example
 * app.get('/metrics', async (request, reply) => (await registry.metrics()) + metrics(stream));
 */
export function metrics(...transports: readonly Counted[]): string {
  checkAreCounted(transports);
  const groups = [...countsByGroup(transports)];
  const settled = groups.flatMap(([logGroupName, counts]) =>
    outcomeCounts(counts).map(({ outcome, reason = '', count }) =>
      sample('putlogs_events_settled_total', { log_group: logGroupName, outcome, reason }, count),
    ),
  );
  return [
    ...header('putlogs_events_accepted_total', 'counter', 'Events that the transport took.'),
    ...groups.map(([log_group, { accepted }]) =>
      sample('putlogs_events_accepted_total', { log_group }, accepted),
    ),
    ...header('putlogs_events_settled_total', 'counter', 'Events by what became of them.'),
    ...settled,
    ...header('putlogs_events_pending', 'gauge', 'Events that wait or are in flight.'),
    ...groups.map(([log_group, { pending }]) => sample('putlogs_events_pending', { log_group }, pending)),
    '',
  ].join('\n');
}

/** In JavaScript anything may be passed. */
function checkAreCounted(transports: readonly unknown[]): void {
  const wrong = transports.length === 0 ? ['nothing'] : transports.filter((each) => !isCounted(each));
  if (wrong.length === 0) return;
  throw new TypeError(
    `metrics() takes what createStream() or new CloudWatchTransport() returned, several as metrics(a, b); given: ${describe(wrong[0])}. What pino.transport() returned cannot be counted here: its 'report' events carry the counts.`,
  );
}

function isCounted(given: unknown): boolean {
  return isObject(given) && 'counts' in given && 'logGroupName' in given && isObject(given.counts);
}

function describe(given: unknown): string {
  if (given === 'nothing') return given;
  if (Array.isArray(given)) return 'an array';
  const name: unknown = isObject(given) ? given.constructor?.name : undefined;
  return typeof name === 'string' ? `an object of the class ${name}` : String(given);
}

function countsByGroup(transports: readonly Counted[]): Map<string, Counts> {
  const groups = new Map<string, Counts>();
  for (const { logGroupName, counts } of transports) {
    const others = groups.get(logGroupName);
    groups.set(logGroupName, others === undefined ? counts : addCounts(others, counts));
  }
  return groups;
}

function header(name: string, type: 'counter' | 'gauge', help: string): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`];
}

function sample(name: string, labels: Readonly<Record<string, string>>, value: number): string {
  const list = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`);
  return `${name}{${list.join(',')}} ${value}`;
}

/** https://prometheus.io/docs/instrumenting/exposition_formats/: a template of log groups may name a field with any character. */
function escaped(text: string): string {
  return text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n');
}
