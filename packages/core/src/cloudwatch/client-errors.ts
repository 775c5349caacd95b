import { errorCode, errorMessage } from '../util/error-message.js';

/** The errors that a client adds to those of the SDK. `classify` knows them by name. */

export class ClosedError extends Error {
  override readonly name = 'ClosedError';
  constructor() {
    super('the pipeline is closed');
  }
}

export class RequestTimeoutError extends Error {
  override readonly name = 'RequestTimeoutError';
  constructor(ms: number) {
    super(`nothing was sent or received for ${Math.round(ms)} ms`);
  }
}

/** The timeout was shortened because the process is about to end, so it does not mean that the request is too large. */
export class ShortenedTimeoutError extends Error {
  override readonly name = 'ShortenedTimeoutError';
  constructor(ms: number) {
    super(`nothing was sent or received for ${Math.round(ms)} ms, and the process is about to end`);
  }
}

export class CredentialsTimeoutError extends Error {
  override readonly name = 'CredentialsTimeoutError';
  constructor(ms: number) {
    super(`no credentials within ${Math.round(ms)} ms`);
  }
}

/** STS does not give the credentials that were asked for. */
export class CredentialsRefusedError extends Error {
  override readonly name = 'CredentialsRefusedError';
  constructor(cause: Error) {
    super(`${cause.name}: ${cause.message}`, { cause });
  }
}

/** STS or SSO, not CloudWatch Logs, has too many requests. */
export class CredentialsThrottledError extends Error {
  override readonly name = 'CredentialsThrottledError';
  constructor(cause: Error) {
    super(`${cause.name}: ${cause.message}`, { cause });
  }
}

/** STS or SSO, not CloudWatch Logs, cannot be reached. The message says what to do. */
export class CredentialsUnreachableError extends Error {
  override readonly name = 'CredentialsUnreachableError';
  /** @param whom what cannot be reached, and where it is */
  constructor(whom: string, cause: unknown) {
    super(
      `CloudWatch Logs is not called: ${whom} cannot be reached. Allow outgoing HTTPS to it, or create a VPC endpoint for it. (${errorCode(cause)}: ${errorMessage(cause)})`,
      { cause },
    );
  }
}

/** The function `credentials` of the user's module failed. */
export class ModuleCredentialsError extends Error {
  override readonly name = 'ModuleCredentialsError';
}

export class NotTheServiceError extends Error {
  override readonly name = 'NotTheServiceError';
  constructor() {
    super('the response has no request id: it is not from CloudWatch Logs but from a proxy on the way');
  }
}

/** The HTTP proxy of the user does not let a request through. */
export class ProxyError extends Error {
  override readonly name = 'ProxyError';
}
