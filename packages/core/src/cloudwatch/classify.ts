import { inspect } from 'node:util';
import type { FailedOutcome, Failure, RejectedEvents } from '../contracts/outcome.js';

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
