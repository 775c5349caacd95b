import { createPipeline, type Report, resolveConfig } from '@putlogs/core';
import { classify, countRejected } from '@putlogs/core/internal';
import test from 'ava';
import fc from 'fast-check';

const counts = (tooOld: number, expired: number, tooNew: number) => ({ tooOld, expired, tooNew });

for (const [what, info, rejected] of [
  ['no information', undefined, counts(0, 0, 0)],
  ['an empty response', {}, counts(0, 0, 0)],
  ['the first 3 too old', { tooOldLogEventEndIndex: 3 }, counts(3, 0, 0)],
  ['the last 2 too new', { tooNewLogEventStartIndex: 8 }, counts(0, 0, 2)],
  ['2 too old and 1 too new', { tooOldLogEventEndIndex: 2, tooNewLogEventStartIndex: 9 }, counts(2, 0, 1)],
  ['the first 4 expired', { expiredLogEventEndIndex: 4 }, counts(0, 4, 0)],
  [
    '2 too old and the next 2 expired',
    { tooOldLogEventEndIndex: 2, expiredLogEventEndIndex: 4 },
    counts(2, 2, 0),
  ],
  ['all too old', { tooOldLogEventEndIndex: 10 }, counts(10, 0, 0)],
  ['all expired', { expiredLogEventEndIndex: 10 }, counts(0, 10, 0)],
  ['all too new', { tooNewLogEventStartIndex: 0 }, counts(0, 0, 10)],
  ['ends at 0', { tooOldLogEventEndIndex: 0, expiredLogEventEndIndex: 0 }, counts(0, 0, 0)],
  ['a start at the end', { tooNewLogEventStartIndex: 10 }, counts(0, 0, 0)],
  ['only the last too new', { tooNewLogEventStartIndex: 9 }, counts(0, 0, 1)],
  [
    'each kind',
    { tooOldLogEventEndIndex: 1, expiredLogEventEndIndex: 3, tooNewLogEventStartIndex: 9 },
    counts(1, 2, 1),
  ],
  [
    'fewer expired than too old, since both ends count from the start',
    { tooOldLogEventEndIndex: 4, expiredLogEventEndIndex: 2 },
    counts(4, 0, 0),
  ],
  ['an end beyond the last event', { tooOldLogEventEndIndex: 11 }, counts(10, 0, 0)],
  ['a start beyond the last event', { tooNewLogEventStartIndex: 99 }, counts(0, 0, 0)],
  ['a negative end', { tooOldLogEventEndIndex: -1, expiredLogEventEndIndex: -1 }, counts(0, 0, 0)],
  ['a negative start', { tooNewLogEventStartIndex: -1 }, counts(0, 0, 10)],
  ['indexes that touch', { tooOldLogEventEndIndex: 5, tooNewLogEventStartIndex: 5 }, counts(5, 0, 5)],
  [
    'indexes that overlap: no event counts twice',
    { tooOldLogEventEndIndex: 7, tooNewLogEventStartIndex: 3 },
    counts(7, 0, 3),
  ],
  [
    'indexes that are undefined',
    {
      tooOldLogEventEndIndex: undefined,
      expiredLogEventEndIndex: undefined,
      tooNewLogEventStartIndex: undefined,
    },
    counts(0, 0, 0),
  ],
] as const) {
  test(`of 10 events the service rejects: ${what}`, (t) => t.deepEqual(countRejected(info, 10), rejected));
}

test('each event counts at most once, as too old, expired or too new', (t) => {
  const index = fc.option(fc.integer({ min: -3, max: 25 }), { nil: undefined });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), index, index, index, (n, old, expired, fresh) => {
      const expected = { tooOld: 0, expired: 0, tooNew: 0 };
      for (let i = 0; i < n; i++) {
        if (i < (old ?? 0)) expected.tooOld++;
        else if (i < (expired ?? 0)) expected.expired++;
        else if (fresh !== undefined && i >= fresh) expected.tooNew++;
      }
      const rejected = countRejected(
        {
          tooOldLogEventEndIndex: old,
          expiredLogEventEndIndex: expired,
          tooNewLogEventStartIndex: fresh,
        },
        n,
      );
      t.deepEqual(rejected, expected);
      t.true(rejected.tooOld + rejected.expired + rejected.tooNew <= n);
    }),
    { numRuns: 2000 },
  );
});

interface Metadata {
  readonly httpStatusCode?: number;
  readonly requestId?: string;
}

/** An error as the SDK throws it. */
function failure(name: string, $metadata: Metadata = {}, message = 'from the service'): Error {
  return Object.assign(new Error(message), {
    name,
    $metadata: { ...$metadata, attempts: 1, totalRetryDelay: 0 },
  });
}

const genuine = { httpStatusCode: 400, requestId: '7c0a4b1e' };

for (const [name, kind] of [
  ['ThrottlingException', 'throttled'],
  ['Throttling', 'throttled'],
  ['ThrottledException', 'throttled'],
  ['TooManyRequestsException', 'throttled'],
  ['RequestLimitExceeded', 'throttled'],
  ['LimitExceededException', 'missing'],
  ['ResourceNotFoundException', 'missing'],
  ['AccessDeniedException', 'denied'],
  ['AccessDenied', 'denied'],
  ['UnrecognizedClientException', 'denied'],
  ['InvalidClientTokenId', 'denied'],
  ['InvalidSignatureException', 'denied'],
  ['SignatureDoesNotMatch', 'denied'],
  ['IncompleteSignatureException', 'denied'],
  ['MissingAuthenticationTokenException', 'denied'],
  ['ExpiredTokenException', 'denied'],
  ['ExpiredToken', 'denied'],
  ['RequestExpired', 'denied'],
  ['NotAuthorized', 'denied'],
  ['OptInRequired', 'denied'],
  ['InvalidParameterException', 'refused'],
  ['ValidationException', 'refused'],
  ['SerializationException', 'refused'],
  ['ServiceUnavailableException', 'unavailable'],
  ['OperationAbortedException', 'unavailable'],
  ['InternalFailure', 'unavailable'],
  ['TimeoutError', 'unavailable'],
  ['SomethingNewException', 'unavailable'],
  ['__proto__', 'unavailable'],
  ['constructor', 'unavailable'],
  ['toString', 'unavailable'],
  ['hasOwnProperty', 'unavailable'],
  ['', 'unavailable'],
] as const) {
  test(`${name || 'an error without a name'} of the service means ${kind}`, (t) => {
    t.deepEqual(classify(failure(name, genuine)), { kind, failure: { name, message: 'from the service' } });
  });
}

for (const message of [
  'Signature expired: 20261124T120000Z is now earlier than 20261124T125500Z',
  'Signature not yet current: 20261124T140000Z is still later than 20261124T131500Z',
]) {
  test(`a wrong clock is told apart from wrong credentials: ${message}`, (t) => {
    const name = 'InvalidSignatureException';
    t.deepEqual(classify(failure(name, genuine, message)), { kind: 'skewed', failure: { name, message } });
  });
}

for (const [what, name, metadata, kind] of [
  ['a 400 from a proxy', 'InvalidParameterException', { httpStatusCode: 400 }, 'unavailable'],
  ['a validation error without a response', 'ValidationException', {}, 'unavailable'],
  ['a bare 413', 'UnknownError', { httpStatusCode: 413 }, 'refused'],
  ['a 413 from the service', 'UnknownError', { httpStatusCode: 413, requestId: 'r' }, 'refused'],
  ['a 413 with an HTML body', 'SyntaxError', { httpStatusCode: 413 }, 'refused'],
  ['a 413 with a name', 'InvalidParameterException', { httpStatusCode: 413 }, 'refused'],
  ['a 429 without a name', 'UnknownError', { httpStatusCode: 429 }, 'throttled'],
  ['a 401 without a name', 'UnknownError', { httpStatusCode: 401 }, 'denied'],
  ['a 403 without a name', 'UnknownError', { httpStatusCode: 403 }, 'denied'],
  ['a 403 with an expired token', 'ExpiredTokenException', { httpStatusCode: 403, requestId: 'r' }, 'denied'],
  ['a throttled 400', 'ThrottlingException', { httpStatusCode: 400, requestId: 'r' }, 'throttled'],
  ['a 400 without a name', 'UnknownError', { httpStatusCode: 400, requestId: 'r' }, 'unavailable'],
  ['a 404 from a proxy', 'UnknownError', { httpStatusCode: 404 }, 'unavailable'],
  ['a 500', 'InternalServerError', { httpStatusCode: 500, requestId: 'r' }, 'unavailable'],
  ['a 503', 'UnknownError', { httpStatusCode: 503 }, 'unavailable'],
  ['a 200 with an HTML body', 'SyntaxError', { httpStatusCode: 200 }, 'unavailable'],
  ['a 502 with an HTML body', 'SyntaxError', { httpStatusCode: 502 }, 'unavailable'],
  ['a response without a request id', 'NotTheServiceError', {}, 'unavailable'],
] as const) {
  test(`${what} means ${kind}`, (t) => t.is(classify(failure(name, metadata)).kind, kind));
}

test('a missing Region means denied, under a name of its own', (t) => {
  t.deepEqual(classify(new Error('Region is missing')), {
    kind: 'denied',
    failure: { name: 'RegionMissing', message: 'Region is missing' },
  });
});

test('an invalid Region means denied', (t) => {
  const error = new Error('Region not accepted: region="a b" is not a valid hostname component.');
  t.is(classify(error).kind, 'denied');
  t.is(classify(error).failure.name, 'RegionInvalid');
});

test('an empty AWS_REGION is reported as a missing Region', async (t) => {
  // The SDK reads process.env only.
  Object.assign(process.env, { AWS_REGION: '', AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' });
  const config = resolveConfig({
    logGroupName: '/app',
    logStreamName: 'a',
    endpoint: 'http://127.0.0.1:9',
    entity: false,
    closeTimeoutMs: 0,
    reportToStderr: false,
  });
  const report = await new Promise<Report>((resolve) => {
    const pipeline = createPipeline(config, (emitted) => emitted.kind === 'problem' && resolve(emitted));
    t.teardown(() => pipeline.close());
    pipeline.accept(Date.now(), 'hello');
    void pipeline.flush();
  });
  t.like(report, { code: 'denied' });
  t.regex(report.kind === 'problem' ? report.message : '', /^No AWS Region: set the option region/);
});

for (const name of ['CredentialsProviderError', 'TokenProviderError']) {
  test(`${name}, thrown by the SDK before any request, means denied`, (t) => {
    t.is(classify(Object.assign(new Error('no credentials'), { name })).kind, 'denied');
  });
}

const refused = () => Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' });

test('a refused connection is reported by its code', (t) => {
  t.deepEqual(classify(refused()), {
    kind: 'unavailable',
    failure: { name: 'ECONNREFUSED', message: 'connect ECONNREFUSED 127.0.0.1:1' },
  });
});

test('a refused connection is reported by its code when the SDK has added metadata', (t) => {
  const error = Object.assign(refused(), { $metadata: { attempts: 1, totalRetryDelay: 0 } });
  t.is(classify(error).failure.name, 'ECONNREFUSED');
});

test('connections that are refused at several addresses mean unavailable and are reported by their code', (t) => {
  const error = Object.assign(new AggregateError([refused(), refused()]), { code: 'ECONNREFUSED' });
  const { kind, failure } = classify(error);
  t.is(kind, 'unavailable');
  t.is(failure.name, 'ECONNREFUSED');
  t.is(failure.message, 'connect ECONNREFUSED 127.0.0.1:1, connect ECONNREFUSED 127.0.0.1:1');
});

test('an exception of the service is reported by its name, even with a code', (t) => {
  const error = Object.assign(failure('ThrottlingException', genuine), { code: 'ECONNRESET' });
  t.is(classify(error).failure.name, 'ThrottlingException');
  t.is(classify(error).kind, 'throttled');
});

for (const [what, thrown, message] of [
  ['a string', 'boom', 'boom'],
  ['null', null, 'null'],
  ['undefined', undefined, 'undefined'],
  ['a number', 42, '42'],
  ['a symbol', Symbol('s'), 'Symbol(s)'],
  ['an object', { name: 'ThrottlingException' }, "{ name: 'ThrottlingException' }"],
] as const) {
  test(`${what} that is thrown means unavailable`, (t) => {
    t.deepEqual(classify(thrown), { kind: 'unavailable', failure: { name: 'Error', message } });
  });
}

for (const [what, thrown] of [
  ['an object without a prototype', Object.create(null)],
  ['metadata that is text', Object.assign(new Error('x'), { $metadata: 'text' })],
  ['metadata that is null', Object.assign(new Error('x'), { $metadata: null })],
  ['a status that is text', failure('x', { httpStatusCode: '413' as never })],
] as const) {
  test(`${what} means unavailable`, (t) => t.is(classify(thrown).kind, 'unavailable'));
}

test('a request id that is not text does not count', (t) => {
  t.is(classify(failure('ValidationException', { requestId: 7 as never })).kind, 'unavailable');
});
