import type { Fault } from '../../src/faults/faults.js';

/** What each fault does, in a few words. */
export const FAULT_KINDS: Readonly<Record<Fault['kind'], string>> = {
  throttle: 'ThrottlingException: too many requests',
  error500: 'ServiceUnavailableException, status 500',
  error503: 'ServiceUnavailableException, status 503',
  aborted: 'OperationAbortedException: a conflict',
  accessDenied: 'the policy does not allow it',
  expiredToken: 'the credentials have expired',
  unrecognizedClient: 'the access key does not exist',
  invalidSignature: 'the clock is wrong',
  entityInvalid: '400 for a request with an entity',
  entityRejected: 'accepted without the entity',
  poison: '400 for a request that contains a text',
  html502: 'the error page of a proxy',
  html200: 'the sign-in page of a network',
  noRequestId: '200, but not from the service',
  tooLarge413: 'an empty 413',
  reset: 'the connection breaks',
  hang: 'no answer',
  lostAnswer: 'accepted, but no answer',
  slow: 'a late answer',
  drip: 'the headers at once, the rest late',
};
