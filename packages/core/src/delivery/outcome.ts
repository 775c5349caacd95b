import { inspect } from 'node:util';
import type { Batch } from '../batch/batch.js';

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

/** The answer of PutLogEvents, as far as it says what became of the events. */
export interface RejectedLogEventsInfo {
  readonly tooOldLogEventEndIndex?: number | undefined;
  readonly expiredLogEventEndIndex?: number | undefined;
  readonly tooNewLogEventStartIndex?: number | undefined;
}

/**
 * Reads indexes as what they are: of n events in the order of time, those before `tooOldLogEventEndIndex` are
 * too old, those before `expiredLogEventEndIndex` and not too old have expired, and those from
 * `tooNewLogEventStartIndex` on are too new. A start at 0 is legal: every event is too new.
 */
export function countRejected(info: RejectedLogEventsInfo | undefined, n: number): RejectedEvents {
  // What is no number says nothing: the SDK passes on whatever stands in the answer.
  const known = (index: unknown) => (Number.isInteger(index) ? Number(index) : undefined);
  const within = (index: number) => Math.min(Math.max(index, 0), n);
  const tooOld = within(known(info?.tooOldLogEventEndIndex) ?? 0);
  const firstValid = Math.max(tooOld, within(known(info?.expiredLogEventEndIndex) ?? 0));
  const firstTooNew = Math.max(firstValid, within(known(info?.tooNewLogEventStartIndex) ?? n));
  return { tooOld, expired: firstValid - tooOld, tooNew: n - firstTooNew };
}

export function isRejected({ tooOld, expired, tooNew }: RejectedEvents): boolean {
  return tooOld + expired + tooNew > 0;
}

const NONE: RejectedEvents = { tooOld: 0, expired: 0, tooNew: 0 };

/** The time of the youngest event that has expired. */
export function lastExpired(batch: Batch, { tooOld, expired }: RejectedEvents): number {
  return batch.slice(tooOld + expired - 1, tooOld + expired).begin;
}

/** The events of a batch in parts, by what became of them. @param start the index of a part's first event */
export function byOutcome(
  batch: Batch,
  { tooOld, expired, tooNew }: RejectedEvents,
): { start: number; events: Batch; rejected: RejectedEvents }[] {
  const firstValid = tooOld + expired;
  const firstTooNew = batch.size - tooNew;
  const parts = [
    { start: 0, end: firstValid, rejected: { ...NONE, tooOld, expired } },
    { start: firstValid, end: firstTooNew, rejected: NONE },
    { start: firstTooNew, end: batch.size, rejected: { ...NONE, tooNew } },
  ];
  return parts
    .filter(({ start, end }) => start < end)
    .map(({ start, end, rejected }) => ({ start, events: batch.slice(start, end), rejected }));
}

const KIND_BY_NAME: Readonly<Record<string, FailedOutcome['kind']>> = {
  ThrottlingException: 'throttled',
  Throttling: 'throttled',
  ThrottledException: 'throttled',
  TooManyRequestsException: 'throttled',
  RequestLimitExceeded: 'throttled',

  RequestTimeoutError: 'timeout',

  ResourceNotFoundException: 'missing',
  // CreateLogGroup: "You have reached the maximum number of resources that can be created."
  LimitExceededException: 'missing',

  AccessDeniedException: 'denied',
  AccessDenied: 'denied',
  UnrecognizedClientException: 'denied',
  InvalidClientTokenId: 'denied',
  InvalidSignatureException: 'denied',
  SignatureDoesNotMatch: 'denied',
  IncompleteSignatureException: 'denied',
  MissingAuthenticationTokenException: 'denied',
  ExpiredTokenException: 'denied',
  ExpiredToken: 'denied',
  RequestExpired: 'denied',
  NotAuthorized: 'denied',
  OptInRequired: 'denied',
  CredentialsProviderError: 'denied',
  TokenProviderError: 'denied',
  CredentialsTimeoutError: 'denied',
  RegionMissing: 'denied',
  RegionInvalid: 'denied',

  InvalidParameterException: 'poison',
  ValidationException: 'poison',
  SerializationException: 'poison',
};

/** What a failed call means. Whatever is unknown counts as `unavailable`: it is tried again, and nothing is lost. */
export function classify(error: unknown): FailedOutcome {
  const failure = describe(error);
  const { status, requestId } = metadataOf(error);
  const kind = kindOf(failure.name, status);
  // Only the service itself can condemn a batch. A proxy that answers 400 cannot; an oversized body is refused
  // by whoever stands in front, without a request id.
  if (kind === 'poison' && requestId === undefined && status !== 413) return { kind: 'unavailable', failure };
  return { kind, failure };
}

/**
 * Whether the clock of this host is to blame. The SDK signs the next request by the time of the answer.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html
 */
export function isSkewed({ message }: Failure): boolean {
  return /^Signature (?:expired|not yet current)/.test(message);
}

function kindOf(name: string, status: number | undefined): FailedOutcome['kind'] {
  const known = Object.hasOwn(KIND_BY_NAME, name) ? KIND_BY_NAME[name] : undefined;
  if (known !== undefined) return known;
  if (status === 413) return 'poison';
  if (status === 429) return 'throttled';
  if (status === 401 || status === 403) return 'denied';
  return 'unavailable';
}

function metadataOf(error: unknown): { status: number | undefined; requestId: string | undefined } {
  const metadata = property(error, '$metadata');
  const status = property(metadata, 'httpStatusCode');
  const requestId = property(metadata, 'requestId');
  return {
    status: typeof status === 'number' ? status : undefined,
    requestId: typeof requestId === 'string' ? requestId : undefined,
  };
}

const NOT_JSON = 'the answer is no JSON: it does not come from CloudWatch Logs, but from a proxy on the way';

function describe(error: unknown): Failure {
  if (typeof error === 'string') return { name: 'Error', message: error };
  if (!(error instanceof Error)) return { name: 'Error', message: inspect(error) };
  if (error instanceof SyntaxError) return { name: 'NotTheServiceError', message: NOT_JSON };
  if (/^Region is missing|^Region not accepted: region=""/.test(error.message))
    return { name: 'RegionMissing', message: error.message };
  if (error.message.startsWith('Region not accepted'))
    return { name: 'RegionInvalid', message: error.message };
  // Node says what happened on the network in the code (ECONNREFUSED, ENOTFOUND), and nothing in the name.
  const code = property(error, 'code');
  const name = typeof code === 'string' && metadataOf(error).status === undefined ? code : error.name;
  return { name, message: error.message };
}

function property(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}
