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
 * @returns whole lines, to be added to an application's own metrics
 * @example
 * app.get('/metrics', async (request, reply) => (await registry.metrics()) + metrics(stream));
 */
export function metrics(...transports: readonly Counted[]): string {
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
