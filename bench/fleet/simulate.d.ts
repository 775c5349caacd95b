/** Requests a second, of an account in one Region. */
export interface Quotas {
  readonly putLogEvents: number;
  readonly createLogStream: number;
  readonly createLogGroup: number;
}

/** What a fleet goes through. */
export interface Scenario {
  readonly processes: number;
  readonly load: 'steady' | 'busy' | 'bursty' | 'synchronised';
  readonly flushIntervalMs: number;
  /** How long it logs. */
  readonly seconds: number;
  /** In seconds from the beginning. */
  readonly outage?: { readonly from: number; readonly to: number };
  /** Neither the log group nor a log stream is there. */
  readonly isNew?: boolean;
  /** false: chance is always 0.5, for all processes. */
  readonly hasJitter?: boolean;
  /** Default: those of an account. */
  readonly quotas?: Quotas;
  readonly seed: number;
}

/** What one second saw. */
export interface Second {
  readonly putLogEvents: number;
  readonly createLogStream: number;
  readonly createLogGroup: number;
  /** Of all of them. */
  readonly throttled: number;
  readonly streamsCreated: number;
}

export interface Seen {
  /** Those in which it logged. */
  readonly seconds: readonly Second[];
  /** From the record's time to its acknowledgement, in seconds. */
  readonly delay: { readonly p50: number; readonly p99: number };
  /** Seconds from the end of the outage until the last record logged before is acknowledged. */
  readonly recovery: number;
  readonly accepted: number;
  readonly delivered: number;
  readonly dropped: number;
  readonly pending: number;
}

export function simulate(scenario: Scenario): Promise<Seen>;
