/** What the service or the network said, fit for a report. */
export interface Failure {
  /** The error's name: `ThrottlingException`, `ECONNREFUSED`, … */
  readonly name: string;
  readonly message: string;
}

/** How many events of a delivered batch the service left out, by its reason. */
export interface RejectedEvents {
  readonly tooOld: number;
  readonly expired: number;
  readonly tooNew: number;
}

/** What became of one try to deliver a batch. */
export type Outcome =
  /** The service took the batch, all of it but the rejected events. */
  | { readonly kind: 'delivered'; readonly rejected: RejectedEvents }
  /** Too many requests: the same again, later. */
  | { readonly kind: 'throttled'; readonly failure: Failure }
  /** No service, or no answer that can be trusted: the same again, later. The events may have arrived. */
  | { readonly kind: 'unavailable'; readonly failure: Failure }
  /** It was silent for all of `requestTimeoutMs`: the same again, later, or less of it. The events may have arrived. */
  | { readonly kind: 'timeout'; readonly failure: Failure }
  /** The log group or the log stream is not there, and could not be made: the same again, later. */
  | { readonly kind: 'missing'; readonly failure: Failure }
  /** Credentials, permissions or the region are not right: the same again, later. */
  | { readonly kind: 'denied'; readonly failure: Failure }
  /** The service will never take this batch as it is. */
  | { readonly kind: 'poison'; readonly failure: Failure };

export type FailedOutcome = Exclude<Outcome, { readonly kind: 'delivered' }>;
/** The same batch may succeed later. */
export type TransientOutcome = Exclude<FailedOutcome, { readonly kind: 'poison' }>;
