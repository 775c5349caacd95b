import { inspect } from 'node:util';
import type { FailedOutcome, Failure, RejectedEvents } from '../contracts/outcome.js';
import { errorMessage } from '../util/error-message.js';

/** The part of PutLogEvents' response that says which events were rejected. */
export interface RejectedLogEventsInfo {
  readonly tooOldLogEventEndIndex?: number | undefined;
  readonly expiredLogEventEndIndex?: number | undefined;
  readonly tooNewLogEventStartIndex?: number | undefined;
}

/**
 * Counts the rejected events of a batch, whose events are in chronological order. Those before `tooOldLogEventEndIndex` are too
 * old. Those after them and before `expiredLogEventEndIndex` have expired. Those from `tooNewLogEventStartIndex` on are too new;
 * at 0 every event is too new.
 * @param size the number of events in the batch
 */
export function countRejected(info: RejectedLogEventsInfo | undefined, size: number): RejectedEvents {
  // The SDK does not check the types of a response.
  const integer = (index: unknown) => (Number.isInteger(index) ? Number(index) : undefined);
  const clamp = (index: number) => Math.min(Math.max(index, 0), size);
  const tooOld = clamp(integer(info?.tooOldLogEventEndIndex) ?? 0);
  const firstValid = Math.max(tooOld, clamp(integer(info?.expiredLogEventEndIndex) ?? 0));
  const firstTooNew = Math.max(firstValid, clamp(integer(info?.tooNewLogEventStartIndex) ?? size));
  return { tooOld, expired: firstValid - tooOld, tooNew: size - firstTooNew };
}

/**
 * The SDK signs the next request by the time of this response.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html
 */
const CLOCK_SKEW = /^(?:SignatureDoesNotMatch: )?Signature (?:expired|not yet current)/;

const KIND_BY_NAME: Readonly<Record<string, FailedOutcome['kind']>> = {
  ThrottlingException: 'throttled',
  Throttling: 'throttled',
  ThrottledException: 'throttled',
  TooManyRequestsException: 'throttled',
  CredentialsThrottledError: 'throttled',
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
  CredentialsRefusedError: 'denied',
  ModuleCredentialsError: 'denied',
  RegionMissing: 'denied',
  RegionInvalid: 'denied',

  InvalidParameterException: 'refused',
  ValidationException: 'refused',
  SerializationException: 'refused',
};

/** Says what a failed call means. An unknown error is `unavailable`: the call is tried again, and nothing is lost. */
export function classify(error: unknown): FailedOutcome {
  const failure = describe(error);
  const { status, requestId } = metadataOf(error);
  const kind = kindOf(failure.name, status);
  // Only the service may refuse a batch for good, not a proxy that responds with 400. The exception is 413: a server in front of
  // the service refuses a body that is too large, without a request id.
  if (kind === 'refused' && requestId === undefined && status !== 413)
    return { kind: 'unavailable', failure };
  if (kind === 'denied' && CLOCK_SKEW.test(failure.message)) return { kind: 'skewed', failure };
  return { kind, failure };
}

/** Whether a service has understood the request and refuses it. */
export function isRefusal(error: unknown): error is Error {
  const { status = 0 } = metadataOf(error);
  return error instanceof Error && status >= 400 && status < 500 && !isThrottling(error);
}

/** Whether a service has too many requests. */
export function isThrottling(error: unknown): error is Error {
  return error instanceof Error && kindOf(error.name, metadataOf(error).status) === 'throttled';
}

function kindOf(name: string, status: number | undefined): FailedOutcome['kind'] {
  const known = Object.hasOwn(KIND_BY_NAME, name) ? KIND_BY_NAME[name] : undefined;
  if (known !== undefined) return known;
  if (status === 413) return 'refused';
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

const NOT_JSON = 'the response is not JSON: it is not from CloudWatch Logs but from a proxy on the way';

function describe(error: unknown): Failure {
  if (typeof error === 'string') return { name: 'Error', message: error };
  if (!(error instanceof Error)) return { name: 'Error', message: inspect(error) };
  if (error instanceof SyntaxError) return { name: 'NotTheServiceError', message: NOT_JSON };
  if (/^Region is missing|^Region not accepted: region=""/.test(error.message))
    return { name: 'RegionMissing', message: error.message };
  if (error.message.startsWith('Region not accepted'))
    return { name: 'RegionInvalid', message: error.message };
  // Network errors of Node are told apart by their code (ECONNREFUSED, ENOTFOUND); their name is always 'Error'.
  const code = property(error, 'code');
  const name = typeof code === 'string' && metadataOf(error).status === undefined ? code : error.name;
  return { name, message: errorMessage(error) };
}

function property(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}
