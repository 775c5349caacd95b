import type { Counts } from './counts.js';
import { type Instrument, otelMeter } from './otel-global.js';
import { outcomeCounts } from './outcome-counts.js';

type Attributes = Parameters<Instrument['add']>[1];

/** Adds the counts of a transport to the application's OpenTelemetry metrics, as soon as it has registered a MeterProvider. */
export class OtelMetrics {
  readonly #logGroupNames: Attributes;
  #instruments:
    | { readonly accepted: Instrument; readonly settled: Instrument; readonly pending: Instrument }
    | undefined;
  /** What has been added, by instrument and attributes. */
  readonly #added = new Map<string, number>();

  constructor(logGroupName: string) {
    // https://opentelemetry.io/docs/specs/semconv/registry/attributes/aws/
    this.#logGroupNames = { 'aws.log.group.names': [logGroupName] };
  }

  /** Never throws: what the application registered must not disturb delivery. */
  record(counts: Counts): void {
    try {
      this.#record(counts);
    } catch {
      // OpenTelemetry's own diagnostics say all that is known about the failure.
    }
  }

  #record(counts: Counts): void {
    this.#instruments ??= createInstruments();
    if (this.#instruments === undefined) return;
    const { accepted, settled, pending } = this.#instruments;
    this.#advance(accepted, 'accepted', counts.accepted, {});
    for (const { outcome, reason, count } of outcomeCounts(counts)) {
      const attributes = { 'putlogs.outcome': outcome, ...(reason && { 'putlogs.reason': reason }) };
      this.#advance(settled, `${outcome}/${reason}`, count, attributes);
    }
    this.#add(pending, 'pending', counts.pending, {});
  }

  /** A counter does not go down, as the counts do for a moment when a worker ends. */
  #advance(instrument: Instrument, key: string, total: number, attributes: Attributes): void {
    if (total > (this.#added.get(key) ?? 0)) this.#add(instrument, key, total, attributes);
  }

  #add(instrument: Instrument, key: string, total: number, attributes: Attributes): void {
    const change = total - (this.#added.get(key) ?? 0);
    this.#added.set(key, total);
    if (change !== 0) instrument.add(change, { ...this.#logGroupNames, ...attributes });
  }
}

function createInstruments() {
  const meter = otelMeter();
  if (meter === undefined) return undefined;
  const unit = '{event}';
  return {
    accepted: meter.createCounter('putlogs.events.accepted', {
      unit,
      description: 'Events that the transport took',
    }),
    settled: meter.createCounter('putlogs.events.settled', {
      unit,
      description: 'Events by what became of them',
    }),
    pending: meter.createUpDownCounter('putlogs.events.pending', {
      unit,
      description: 'Events that wait or are in flight',
    }),
  };
}
