import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { gzipSync } from 'node:zlib';
import test from 'ava';
import { bench, exchange, NOW } from '../support.js';

const PUT = { logGroupName: 'g', logStreamName: 's', logEvents: [{ timestamp: NOW, message: 'hello' }] };
const body = JSON.stringify(PUT);

const type = (answer: { readonly body: string }): string => JSON.parse(answer.body).__type;

test('every answer has the content type of the service and a unique request id', async (t) => {
  const made = await bench(t);
  const good = await made.raw('PutLogEvents', body);
  const bad = await made.raw('PutLogEvents', '{}');
  t.is(good.status, 200);
  t.is(good.body, '{}');
  t.is(bad.status, 400);
  for (const { headers } of [good, bad]) {
    t.is(headers['content-type'], 'application/x-amz-json-1.1');
    t.regex(String(headers['x-amzn-requestid']), /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  }
  t.not(good.headers['x-amzn-requestid'], bad.headers['x-amzn-requestid']);
});

const ok = 'AWS4-HMAC-SHA256 Credential=a/20261124/eu-west-1/logs/aws4_request';
const signature = `Signature=${'0'.repeat(64)}`;
const headers: readonly [
  name: string,
  change: Record<string, string | undefined>,
  type: string | undefined,
][] = [
  ['commas without spaces', { authorization: `${ok},SignedHeaders=host,${signature}` }, undefined],
  ['no authorization', { authorization: undefined }, 'MissingAuthenticationTokenException'],
  ['another scheme', { authorization: 'Bearer x' }, 'IncompleteSignatureException'],
  ['no signature', { authorization: `${ok}, SignedHeaders=host` }, 'IncompleteSignatureException'],
  [
    'a short signature',
    { authorization: `${ok}, SignedHeaders=host, Signature=00` },
    'IncompleteSignatureException',
  ],
  ['no signed headers', { authorization: `${ok}, ${signature}` }, 'IncompleteSignatureException'],
  [
    'the host unsigned',
    { authorization: `${ok}, SignedHeaders=x-amz-date, ${signature}` },
    'IncompleteSignatureException',
  ],
  [
    'another service',
    { authorization: `${ok.replace('/logs/', '/s3/')}, SignedHeaders=host, ${signature}` },
    'IncompleteSignatureException',
  ],
  ['no x-amz-date', { 'x-amz-date': undefined }, 'IncompleteSignatureException'],
  ['a date of another form', { 'x-amz-date': '2026-11-24' }, 'IncompleteSignatureException'],
  [
    // Date.parse would accept this one.
    'a date without its time',
    {
      'x-amz-date': '00001124',
      authorization: `${ok.replace('20261124', '00001124')}, SignedHeaders=host, ${signature}`,
    },
    'IncompleteSignatureException',
  ],
  [
    'a date of no calendar',
    {
      'x-amz-date': '20261324T120000Z',
      authorization: `${ok.replace('20261124', '20261324')}, SignedHeaders=host, ${signature}`,
    },
    'IncompleteSignatureException',
  ],
  ['the date of another day', { 'x-amz-date': '20261125T000000Z' }, 'IncompleteSignatureException'],
  ['no content type', { 'content-type': undefined }, 'SerializationException'],
  ['another content type', { 'content-type': 'application/json' }, 'SerializationException'],
  ['no target', { 'x-amz-target': undefined }, 'UnknownOperationException'],
  [
    'the target of another service',
    { 'x-amz-target': 'Kinesis_20131202.PutLogEvents' },
    'UnknownOperationException',
  ],
  ['an unknown operation', { 'x-amz-target': 'Logs_20140328.StartQueries' }, 'UnknownOperationException'],
  [
    'an operation that every object has',
    { 'x-amz-target': 'Logs_20140328.constructor' },
    'UnknownOperationException',
  ],
  ['an unknown encoding', { 'content-encoding': 'br' }, 'SerializationException'],
  ['an encoding that is none', { 'content-encoding': 'identity' }, undefined],
];

for (const [name, change, expected] of headers) {
  test(`headers with ${name}`, async (t) => {
    const made = await bench(t);
    const answer = await made.raw('PutLogEvents', body, change);
    t.is(answer.status, expected === undefined ? 200 : 400, answer.body);
    t.is(type(answer), expected as string);
    t.is(made.local.requests.at(-1)?.errorType, expected);
    t.is(made.local.count('g'), expected === undefined ? 1 : 0);
  });
}

const event = (change: object): string =>
  JSON.stringify({ ...PUT, logEvents: [{ ...PUT.logEvents[0], ...change }] });
const change = (members: object): string => JSON.stringify({ ...PUT, ...members });

const bodies: readonly [name: string, body: string | Uint8Array, type: string | undefined][] = [
  ['nothing', '', 'SerializationException'],
  ['no JSON', '{', 'SerializationException'],
  ['no UTF-8', Buffer.from(body.replace('hello', 'h\u00ff'), 'latin1'), 'SerializationException'],
  ['null', 'null', 'SerializationException'],
  ['a list', '[]', 'SerializationException'],
  ['a string', '"x"', 'SerializationException'],
  ['a number for a name', change({ logGroupName: 1 }), 'SerializationException'],
  ['a structure for a name', change({ logStreamName: {} }), 'SerializationException'],
  ['a string for the events', change({ logEvents: 'x' }), 'SerializationException'],
  ['a structure for the events', change({ logEvents: { length: 1 } }), 'SerializationException'],
  ['a string for an event', change({ logEvents: ['x'] }), 'SerializationException'],
  ['null for an event', change({ logEvents: [null] }), 'SerializationException'],
  ['a list for an event', change({ logEvents: [[]] }), 'SerializationException'],
  ['a string for a timestamp', event({ timestamp: String(NOW) }), 'SerializationException'],
  ['a timestamp between milliseconds', event({ timestamp: NOW + 0.5 }), 'SerializationException'],
  ['a timestamp beyond integers', event({ timestamp: 1e300 }), 'SerializationException'],
  ['a negative timestamp', event({ timestamp: -1 }), 'InvalidParameterException'],
  ['no timestamp', event({ timestamp: null }), 'InvalidParameterException'],
  ['a number for a message', event({ message: 5 }), 'SerializationException'],
  ['a structure for a message', event({ message: { text: 'x' } }), 'SerializationException'],
  ['no message', event({ message: undefined }), 'InvalidParameterException'],
  ['a string for an entity', change({ entity: 'x' }), 'SerializationException'],
  ['a list for key attributes', change({ entity: { keyAttributes: [] } }), 'SerializationException'],
  [
    'a number for a key attribute',
    change({ entity: { keyAttributes: { Type: 1, Name: 'x' } } }),
    'SerializationException',
  ],
  [
    'null for a key attribute',
    change({ entity: { keyAttributes: { Type: null, Name: 'x' } } }),
    'InvalidParameterException',
  ],
  ['no names', JSON.stringify({ logEvents: PUT.logEvents }), 'InvalidParameterException'],
  [
    'its names on the prototype',
    '{"__proto__":{"logGroupName":"g","logStreamName":"s"}}',
    'InvalidParameterException',
  ],
  ['null for an optional member', change({ entity: null, sequenceToken: null }), undefined],
  ['an unknown member', change({ colour: 'red' }), undefined],
];

for (const [name, sent, expected] of bodies) {
  test(`a body with ${name}`, async (t) => {
    const made = await bench(t);
    const answer = await made.raw('PutLogEvents', sent);
    t.is(answer.status, expected === undefined ? 200 : 400, answer.body);
    t.is(type(answer), expected as string);
    t.is((await made.raw('PutLogEvents', body)).status, 200);
  });
}

test('the messages for missing members are those of the service', async (t) => {
  const made = await bench(t);
  const { message } = JSON.parse((await made.raw('PutLogEvents', '{"logEvents":[{}]}')).body);
  const missing = [
    'logGroupName',
    'logStreamName',
    'logEvents.1.member.timestamp',
    'logEvents.1.member.message',
  ];
  const words = missing.map(
    (path) => `Value null at '${path}' failed to satisfy constraint: Member must not be null`,
  );
  t.is(message, `4 validation errors detected: ${words.join('; ')}`);
});

test('a gzip body is decompressed, and both sizes are recorded', async (t) => {
  const made = await bench(t);
  const packed = gzipSync(body);
  t.is((await made.raw('PutLogEvents', packed, { 'content-encoding': 'gzip' })).status, 200);
  t.deepEqual(made.messages(), ['hello']);
  const { wireBytes, contentEncoding, accountedBytes } = made.local.requests.at(-1) ?? {};
  t.deepEqual(
    { wireBytes, contentEncoding, accountedBytes },
    { wireBytes: packed.length, contentEncoding: 'gzip', accountedBytes: 31 },
  );
});

test('a body that is not gzip as declared is refused', async (t) => {
  const made = await bench(t);
  t.is(type(await made.raw('PutLogEvents', body, { 'content-encoding': 'gzip' })), 'SerializationException');
  const cut = gzipSync(body).subarray(0, -4);
  t.is(type(await made.raw('PutLogEvents', cut, { 'content-encoding': 'gzip' })), 'SerializationException');
});

const MAX_BODY_BYTES = 16 * 1024 * 1024;

test('a gzip bomb is answered with an empty 413', async (t) => {
  const made = await bench(t);
  const answer = await made.raw('PutLogEvents', gzipSync(Buffer.alloc(MAX_BODY_BYTES + 1, 32)), {
    'content-encoding': 'gzip',
  });
  t.is(answer.status, 413);
  t.is(answer.headers['x-amzn-requestid'], undefined);
  t.is(made.local.requests.at(-1)?.status, 413);
});

test('a body of more than 16 MiB is answered with an empty 413', async (t) => {
  const made = await bench(t);
  const answer = await made.raw('PutLogEvents', Buffer.alloc(MAX_BODY_BYTES + 1, 32));
  t.is(answer.status, 413);
  t.is(made.local.requests.at(-1)?.wireBytes, MAX_BODY_BYTES + 1);
});

for (const compresses of [false, true]) {
  test(`a body of 16 MiB is read${compresses ? ', compressed' : ''}`, async (t) => {
    const made = await bench(t);
    const sent = Buffer.from(body.padEnd(MAX_BODY_BYTES));
    const answer = compresses
      ? await made.raw('PutLogEvents', gzipSync(sent), { 'content-encoding': 'gzip' })
      : await made.raw('PutLogEvents', sent);
    t.is(answer.status, 200, answer.body);
  });
}

test('the largest batch is read however JSON escapes it', async (t) => {
  const made = await bench(t);
  const message = '\u0001'.repeat(1_048_550);
  const { status, body: text } = await made.raw('PutLogEvents', event({ message }));
  t.is(status, 200, text);
  t.is(made.messages()[0], message);
});

/** A body with an unknown member that contains nested lists, up to this depth. */
const nested = (depth: number): string =>
  `{"unknown":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)},${body.slice(1)}`;

/** A body with this many values, counted by commas and opening brackets. */
const ofValues = (count: number): string => {
  const own = body.match(/[[{,]/g)?.length ?? 0;
  return `{"unknown":[${'0,'.repeat(count - own - 3)}0],${body.slice(1)}`;
};

for (const [what, sent, message] of [
  ['100 deep', nested(100), undefined],
  ['101 deep', nested(101), 'The body is nested more than 100 deep.'],
  ['8 million deep', '['.repeat(MAX_BODY_BYTES / 2), 'The body is nested more than 100 deep.'],
  ['of a million values', ofValues(1_000_000), undefined],
  ['of a million and one values', ofValues(1_000_001), 'The body holds more than 1000000 values.'],
  [
    'of 5 million lists',
    `[${'[],'.repeat(MAX_BODY_BYTES / 3 - 1)}[]`,
    'The body holds more than 1000000 values.',
  ],
  ['with text full of brackets', event({ message: '[{,"\\'.repeat(100_000) }), undefined],
] as const) {
  test(`a body ${what} is ${message ? 'refused before it is parsed' : 'read'}`, async (t) => {
    const made = await bench(t);
    const answer = await made.raw('PutLogEvents', gzipSync(sent), { 'content-encoding': 'gzip' });
    t.is(answer.status, message ? 400 : 200, answer.body);
    if (message) t.deepEqual(JSON.parse(answer.body), { __type: 'SerializationException', message });
  });
}

test('the control interface has the same limits', async (t) => {
  const { local } = await bench(t);
  const type = { 'content-type': 'application/json' };
  const answer = await exchange(local.port, 'POST', '/_putlogs/faults', type, '['.repeat(101));
  t.deepEqual(
    [answer.status, JSON.parse(answer.body).message],
    [400, 'The body is nested more than 100 deep.'],
  );
});

test('a value of megabytes is neither echoed nor recorded', async (t) => {
  const made = await bench(t);
  const name = 'x'.repeat(3_500_000);
  const answer = await made.raw(
    'PutLogEvents',
    change({ logGroupName: name, logStreamName: name, entity: { keyAttributes: { [name]: name } } }),
  );
  t.is(answer.status, 400);
  t.true(answer.body.length < 10_000);
  t.true(JSON.stringify(made.local.requests.at(-1)).length < 1_000);
});

test('only POST / reaches the service', async (t) => {
  const { local } = await bench(t);
  t.is((await exchange(local.port, 'GET', '/nothing')).status, 404);
  t.is((await exchange(local.port, 'POST', '/v2', {}, '{}')).status, 404);
});

test('requests are recorded in order, without their bodies', async (t) => {
  const made = await bench(t);
  await made.raw('PutLogEvents', body);
  await made.raw('PutLogEvents', change({ logStreamName: 'none' }));
  t.deepEqual(made.local.requests.slice(2), [
    {
      operation: 'PutLogEvents',
      status: 200,
      logGroupName: 'g',
      logStreamName: 's',
      events: 1,
      accountedBytes: 31,
      wireBytes: body.length,
      at: NOW,
    },
    {
      operation: 'PutLogEvents',
      status: 400,
      errorType: 'ResourceNotFoundException',
      errorMessage: 'The specified log stream does not exist.',
      logGroupName: 'g',
      logStreamName: 'none',
      events: 1,
      accountedBytes: 31,
      wireBytes: body.length + 3,
      at: NOW,
    },
  ]);
});

test('an error of the service itself is a 500', async (t) => {
  const made = await bench(t, {
    onPut: () => {
      throw new Error('broken listener');
    },
  });
  const answer = await made.raw('PutLogEvents', body);
  t.is(answer.status, 500);
  t.deepEqual(JSON.parse(answer.body), { __type: 'InternalFailure', message: 'Error: broken listener' });
});

test('one connection carries many requests', async (t) => {
  const made = await bench(t);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  t.teardown(() => agent.destroy());
  const ports = new Set<number | undefined>();
  for (let times = 0; times < 3; times++) {
    const answer = await new Promise<IncomingMessage>((resolve) =>
      get(made.local.endpoint, { agent }, resolve),
    );
    ports.add(answer.socket.localPort);
    answer.resume();
    await once(answer, 'end');
  }
  t.is(ports.size, 1);
});
