/** The error that a call failed with, for reports. */
export interface Failure {
  /** The name of the error: `ThrottlingException`, `ECONNREFUSED`, … */
  readonly name: string;
  readonly message: string;
}

/** How many events of a delivered batch the service left out, by its reason. */
export interface RejectedEvents {
  readonly tooOld: number;
  readonly expired: number;
  readonly tooNew: number;
}

/** The outcome of one attempt to deliver a batch. */
export type Outcome =
  /** The service took the batch, except for the rejected events. */
  | { readonly kind: 'delivered'; readonly rejected: RejectedEvents }
  /** Too many requests. The same batch is sent again later. */
  | { readonly kind: 'throttled'; readonly failure: Failure }
  /** No service, or no response that can be trusted. Sent again later; the events may have arrived. */
  | { readonly kind: 'unavailable'; readonly failure: Failure }
  /** No sign of life for `requestTimeoutMs`. Sent again later, perhaps in parts; the events may have arrived. */
  | { readonly kind: 'timeout'; readonly failure: Failure }
  /** The log group or log stream does not exist and could not be created. Sent again later. */
  | { readonly kind: 'missing'; readonly failure: Failure }
  /** The credentials, permissions or Region are wrong. Sent again later. */
  | { readonly kind: 'denied'; readonly failure: Failure }
  /** The signature is refused, since the clock of this host is wrong. Sent again later, signed by the service's clock. */
  | { readonly kind: 'skewed'; readonly failure: Failure }
  /** The service will never take this batch as it is. */
  | { readonly kind: 'refused'; readonly failure: Failure };

export type FailedOutcome = Exclude<Outcome, { readonly kind: 'delivered' }>;

/** The same batch may succeed later. */
export type TransientOutcome = Exclude<FailedOutcome, { readonly kind: 'refused' }>;
