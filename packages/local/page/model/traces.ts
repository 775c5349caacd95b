import { type Fields, fieldsOf } from '../../src/search/fields.js';
import { levelOf } from '../../src/search/level.js';
import { fieldTerm } from '../../src/search/query.js';
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
export const traceQuery = ({ name, value }: TraceId): string => fieldTerm(name, value) ?? value;

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
    const part = partOf(event);
    if (part) traces.set(part.id.value, withEvent(traces.get(part.id.value), part, event));
  }
  return [...traces.values()].sort((a, b) => b.end - a.end);
}

/** What an event says of its trace. */
interface TracePart {
  readonly id: TraceId;
  readonly isError: boolean;
}

/** Messages are parsed once, however often traces are searched. */
const parts = new WeakMap<LogEvent, TracePart | null>();

function partOf(event: LogEvent): TracePart | null {
  const known = parts.get(event);
  if (known !== undefined) return known;
  const fields = fieldsOf(event.message);
  const id = traceIdOf(fields);
  const level = levelOf(event.message, fields);
  const part = id ? { id, isError: level === 'error' || level === 'fatal' } : null;
  parts.set(event, part);
  return part;
}

function withEvent(trace: Trace | undefined, { id, isError }: TracePart, event: LogEvent): Trace {
  const { timestamp, entity, logGroupName } = event;
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
