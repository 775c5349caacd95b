import { DescribeLogGroupsCommand, PutLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { Fault } from '@putlogs/local';
import test from 'ava';
import { type Bench, bench, NOW } from '../support.js';

const ENTITY = { keyAttributes: { Type: 'RemoteService', Name: 'db' } };
const body = JSON.stringify({
  logGroupName: 'g',
  logStreamName: 's',
  logEvents: [{ timestamp: NOW, message: 'hello' }],
  entity: ENTITY,
});

/** Closes the service, which ends requests that hang or wait. */
const close = (made: Bench) => made.local.close();

const refusals: readonly [Fault['kind'], number, string, RegExp][] = [
  ['throttle', 400, 'ThrottlingException', /^Rate exceeded$/],
  ['error500', 500, 'ServiceUnavailableException', /./],
  ['error503', 503, 'ServiceUnavailableException', /./],
  ['aborted', 400, 'OperationAbortedException', /^A conflicting operation is currently in progress/],
  ['expiredToken', 400, 'ExpiredTokenException', /^The security token included in the request is expired\.$/],
  [
    'unrecognizedClient',
    400,
    'UnrecognizedClientException',
    /^The security token included in the request is invalid\.$/,
  ],
  ['invalidSignature', 400, 'InvalidSignatureException', /^Signature expired: .* is now earlier than /],
  [
    'accessDenied',
    400,
    'AccessDeniedException',
    /^User: arn:\S+ is not authorized to perform: logs:PutLogEvents on resource: arn:\S+:log-group:g:log-stream:s /,
  ],
  ['entityInvalid', 400, 'InvalidParameterException', /^1 validation error detected: Value at 'entity\./],
];

for (const [kind, status, name, message] of refusals) {
  test(`${kind} refuses one request with ${name}`, async (t) => {
    const made = await bench(t);
    made.local.fault({ kind, times: 1 } as Fault);
    const error = await t.throwsAsync(made.put({ entity: ENTITY }), { name, message });
    const { $metadata } = error as Error & { $metadata: { httpStatusCode: number; requestId: string } };
    t.is($metadata.httpStatusCode, status);
    t.truthy($metadata.requestId);
    t.is(made.local.count('g'), 0);
    const { fault, errorType, events, entity } = made.local.requests.at(-1) ?? {};
    t.deepEqual(
      { fault, errorType, events, entity },
      { fault: kind, errorType: name, events: 1, entity: ENTITY },
    );
    await made.put({ entity: ENTITY });
    t.is(made.local.count('g'), 1);
    t.false(Object.hasOwn(made.local.requests.at(-1) ?? {}, 'fault'));
  });
}

const pages: readonly [Fault['kind'], number, string, RegExp][] = [
  ['html502', 502, 'text/html; charset=utf-8', /<h1>/],
  ['html200', 200, 'text/html; charset=utf-8', /<h1>/],
  ['noRequestId', 200, 'application/x-amz-json-1.1', /^\{\}$/],
  ['tooLarge413', 413, 'text/plain', /^$/],
];

for (const [kind, status, contentType, page] of pages) {
  test(`${kind} is an answer without a request id, and nothing is stored`, async (t) => {
    const made = await bench(t);
    made.local.fault({ kind } as Fault);
    const answer = await made.raw('PutLogEvents', body);
    t.is(answer.status, status);
    t.is(answer.headers['content-type'], contentType);
    t.regex(answer.body, page);
    t.is(answer.headers['x-amzn-requestid'], undefined);
    t.is(made.local.count('g'), 0);
    t.is(made.local.requests.at(-1)?.fault, kind);
  });
}

test('reset closes the connection, and nothing is stored', async (t) => {
  const made = await bench(t);
  made.local.fault({ kind: 'reset', times: 1 });
  await t.throwsAsync(made.raw('PutLogEvents', body), { code: 'ECONNRESET' });
  t.is(made.local.count('g'), 0);
  t.like(made.local.requests.at(-1), { status: 0, fault: 'reset', events: 1 });
  t.is((await made.raw('PutLogEvents', body)).status, 200);
});

test('lostAnswer stores the events, then closes the connection', async (t) => {
  const made = await bench(t);
  made.local.fault({ kind: 'lostAnswer', times: 1 });
  await t.throwsAsync(made.raw('PutLogEvents', body), { code: 'ECONNRESET' });
  t.is(made.local.count('g'), 1);
  t.like(made.local.requests.at(-1), { status: 0, fault: 'lostAnswer' });
});

test('hang never answers, and ends when the service is closed', async (t) => {
  let heard = (): void => undefined;
  const reached = new Promise<void>((resolve) => {
    heard = resolve;
  });
  const made = await bench(t, { onRequest: ({ fault }) => fault === 'hang' && heard() });
  made.local.fault({ kind: 'hang' });
  const answer = t.throwsAsync(made.raw('PutLogEvents', body), { code: 'ECONNRESET' });
  await reached;
  t.is(made.local.count('g'), 0);
  await close(made);
  await answer;
});

for (const kind of ['slow', 'drip'] as const) {
  test(`${kind} executes the request at once and answers late`, async (t) => {
    const made = await bench(t);
    const delayMs = 40;
    made.local.fault({ kind, delayMs, times: 1 });
    const from = Date.now();
    const answer = await made.raw('PutLogEvents', body);
    // Timers have whole milliseconds, and may fire up to one early.
    t.true(Date.now() - from >= delayMs - 1);
    t.is(answer.status, 200);
    t.is(answer.body, '{}');
    t.truthy(answer.headers['x-amzn-requestid']);
    t.is(made.local.count('g'), 1);
  });

  test(`${kind} does not delay the close of the service`, async (t) => {
    let heard = (): void => undefined;
    const reached = new Promise<void>((resolve) => {
      heard = resolve;
    });
    const made = await bench(t, { onPut: () => heard() });
    made.local.fault({ kind, delayMs: 2 ** 31 - 1 });
    const answer = t.throwsAsync(made.raw('PutLogEvents', body), { code: 'ECONNRESET' });
    await reached;
    t.is(made.local.count('g'), 1);
    await close(made);
    await answer;
  });
}

test('drip sends the headers long before the body', async (t) => {
  const made = await bench(t);
  made.local.fault({ kind: 'drip', delayMs: 2 ** 31 - 1 });
  const { status } = await fetch(made.local.endpoint, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'Logs_20140328.PutLogEvents',
      'x-amz-date': '20261124T120000Z',
      authorization: `AWS4-HMAC-SHA256 Credential=local/20261124/us-east-1/logs/aws4_request, SignedHeaders=host, Signature=${'0'.repeat(64)}`,
    },
  });
  t.is(status, 200);
});

test('poison refuses requests that contain its text, and no others', async (t) => {
  const made = await bench(t);
  const event = (message: string) => ({ timestamp: NOW, message });
  made.local.fault({ kind: 'poison', text: '"bad\n' });
  const error = { name: 'InvalidParameterException' };
  await t.throwsAsync(made.put({ logEvents: [event('good'), event('a "bad\none')] }), error);
  t.is(made.local.count('g'), 0);
  t.is(made.local.requests.at(-1)?.fault, 'poison');
  await made.put({ logEvents: [event('good'), event('bad\n'), event('"bad')] });
  t.is(made.local.count('g'), 3);
});

for (const errorType of ['InvalidEntity', 'InvalidAttributes', 'EntitySizeTooLarge', 'SomethingNew']) {
  test(`entityRejected answers ${errorType} and stores the events without the entity`, async (t) => {
    const made = await bench(t);
    made.local.fault({ kind: 'entityRejected', errorType });
    const { rejectedEntityInfo } = await made.put({ entity: ENTITY });
    t.is(rejectedEntityInfo?.errorType as string, errorType);
    t.is(made.local.events('g')[0]?.entity, null);
    t.is((await made.put()).rejectedEntityInfo, undefined);
  });
}

test('faults of the entity do not apply to requests without one', async (t) => {
  const made = await bench(t);
  made.local.fault({ kind: 'entityInvalid', times: 1 });
  await made.put();
  await t.throwsAsync(made.put({ entity: ENTITY }), { name: 'InvalidParameterException' });
  await made.put({ entity: ENTITY });
  t.is(made.local.count('g'), 2);
});

test('a fault applies to PutLogEvents by default', async (t) => {
  const made = await bench(t);
  const describe = () => made.client.send(new DescribeLogGroupsCommand({}));
  const end = made.local.fault({ kind: 'throttle' });
  await t.notThrowsAsync(describe());
  await t.throwsAsync(made.put());
  end();
  await t.notThrowsAsync(made.put());
  made.local.fault({ kind: 'throttle', operation: 'DescribeLogGroups', times: 1 });
  await t.notThrowsAsync(made.put());
  await t.throwsAsync(describe());
  made.local.fault({ kind: 'throttle', operation: '*' });
  await t.throwsAsync(made.put());
  await t.throwsAsync(describe());
});

const operations = [
  '*',
  'PutLogEvents',
  'CreateLogGroup',
  'CreateLogStream',
  'DeleteLogGroup',
  'DeleteLogStream',
  'PutRetentionPolicy',
  'TagResource',
  'DescribeLogGroups',
  'DescribeLogStreams',
  'GetLogEvents',
  'FilterLogEvents',
];

for (const operation of operations) {
  test(`a fault can apply to ${operation}`, async (t) => {
    const made = await bench(t);
    made.local.fault({ kind: 'throttle', operation });
    const answer = await made.raw(operation === '*' ? 'TagResource' : operation, '{}');
    t.regex(answer.body, /ThrottlingException/);
  });
}

test('a fault with `times` applies to that many requests', async (t) => {
  const made = await bench(t);
  made.local.fault({ kind: 'throttle', times: 2 });
  await t.throwsAsync(made.put());
  await t.throwsAsync(made.put());
  await t.notThrowsAsync(made.put());
});

test('a fault with `share` applies to that share of requests', async (t) => {
  const drawn = [0.29, 0.3, 0.9, 0];
  const made = await bench(t, { random: () => drawn.shift() ?? 1 });
  made.local.fault({ kind: 'throttle', share: 0.3 });
  await t.throwsAsync(made.put());
  await t.notThrowsAsync(made.put());
  await t.notThrowsAsync(made.put());
  await t.throwsAsync(made.put());
  t.deepEqual(drawn, []);
});

test('of several faults the first applies, until it has ended', async (t) => {
  const made = await bench(t);
  made.local.fault({ kind: 'throttle', times: 1 });
  made.local.fault({ kind: 'expiredToken' });
  await t.throwsAsync(made.put(), { name: 'ThrottlingException' });
  await t.throwsAsync(made.put(), { name: 'ExpiredTokenException' });
  made.local.clearFaults();
  await t.notThrowsAsync(made.put());
});

test('an invalid request uses up no fault', async (t) => {
  const made = await bench(t);
  made.local.fault({ kind: 'throttle', operation: '*', times: 1 });
  t.regex((await made.raw('PutLogEvents', '{')).body, /SerializationException/);
  await t.throwsAsync(
    made.client.send(new PutLogEventsCommand({ logGroupName: 'g', logStreamName: 's', logEvents: [] })),
    {
      name: 'ThrottlingException',
    },
  );
});

const invalidFaults: readonly [object | null, RegExp][] = [
  [null, /a fault is an object/],
  [{}, /unknown kind of fault: undefined; known are throttle, /],
  [{ kind: 'constructor' }, /unknown kind/],
  [{ kind: 'throttle', time: 1 }, /has no 'time'/],
  [{ kind: 'throttle', times: 0 }, /times is/],
  [{ kind: 'throttle', times: 1.5 }, /times is/],
  [{ kind: 'throttle', share: 0 }, /share is/],
  [{ kind: 'throttle', share: 1.1 }, /share is/],
  [{ kind: 'throttle', operation: 1 }, /^unknown operation: 1; known are \*, PutLogEvents, CreateLogGroup, /],
  [{ kind: 'throttle', operation: 'PutLogEvent' }, /^unknown operation: PutLogEvent; known are /],
  [{ kind: 'throttle', operation: 'putLogEvents' }, /^unknown operation/],
  [{ kind: 'throttle', operation: '' }, /^unknown operation/],
  [{ kind: 'throttle', delayMs: 1 }, /take delayMs/],
  [{ kind: 'slow' }, /take delayMs/],
  [{ kind: 'drip', delayMs: -1 }, /take delayMs/],
  [{ kind: 'slow', delayMs: 2 ** 31 }, /take delayMs/],
  [{ kind: 'entityRejected' }, /needs an errorType/],
  [{ kind: 'throttle', errorType: 'x' }, /needs an errorType/],
  [{ kind: 'poison' }, /needs a text/],
  [{ kind: 'poison', text: '' }, /needs a text/],
  [{ kind: 'throttle', text: 'x' }, /needs a text/],
];

for (const [fault, message] of invalidFaults) {
  test(`an invalid fault is refused: ${JSON.stringify(fault)}`, async (t) => {
    const made = await bench(t);
    t.throws(() => made.local.fault(fault as Fault), { instanceOf: TypeError, message });
    await t.notThrowsAsync(made.put());
  });
}
