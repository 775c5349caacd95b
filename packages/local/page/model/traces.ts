import { type Fields, fieldsOf } from '../../src/search/fields.js';
import { levelOf } from '../../src/search/level.js';
import type { LogEvent } from './log-event.js';

/** As OpenTelemetry, its instrumentation of loggers, X-Ray and Datadog name it. */
const NAMES = [
  'trace_id',
  'traceId',
  'traceID',
  'trace.id',
  'xray_trace_id',
  'AWS-XRAY-TRACE-ID',
  'dd.trace_id',
];

export interface TraceId {
  readonly name: string;
  readonly value: string;
}

/** The trace that an event is part of; undefined if it names none. */
export function traceIdOf(fields: Fields | undefined): TraceId | undefined {
  if (!fields) return undefined;
  for (const name of NAMES) {
    const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (typeof value === 'string' && value !== '') return { name, value };
  }
  return undefined;
}

/** The search for the events of a trace. */
export const traceQuery = ({ name, value }: TraceId): string => `${name}=${JSON.stringify(value)}`;

/** Events of one trace. */
export interface Trace {
  readonly id: TraceId;
  readonly events: number;
  readonly errors: number;
  readonly start: number;
  readonly end: number;
  readonly services: readonly string[];
}

/** The newest events are searched for traces. */
const EVENTS_SEARCHED = 20_000;

/** The traces of the newest events, the newest trace first. */
export function tracesOf(events: readonly LogEvent[]): readonly Trace[] {
  const traces = new Map<string, Trace>();
  for (const event of events.slice(-EVENTS_SEARCHED)) {
    const fields = fieldsOf(event.message);
    const id = traceIdOf(fields);
    if (id) traces.set(id.value, withEvent(traces.get(id.value), id, event, fields));
  }
  return [...traces.values()].sort((a, b) => b.end - a.end);
}

function withEvent(
  trace: Trace | undefined,
  id: TraceId,
  event: LogEvent,
  fields: Fields | undefined,
): Trace {
  const { timestamp, message, entity, logGroupName } = event;
  const level = levelOf(message, fields);
  const isError = level === 'error' || level === 'fatal';
  const service = entity?.keyAttributes?.Name ?? logGroupName;
  const { events = 0, errors = 0, start = timestamp, end = timestamp, services = [] } = trace ?? {};
  return {
    id,
    events: events + 1,
    errors: errors + Number(isError),
    start: Math.min(start, timestamp),
    end: Math.max(end, timestamp),
    services: services.includes(service) ? services : [...services, service],
  };
}
