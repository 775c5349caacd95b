import { explain } from '@putlogs/local/internal';
import test from 'ava';
import { type Bench, bench, NOW } from '../support.js';

const GROUP = { logGroupName: 'g' };
const EVENT = { timestamp: NOW, message: 'hello' };
const BATCH = { ...GROUP, logStreamName: 's', logEvents: [EVENT] };
const OLD = { resourceArn: 'arn:aws:logs:us-east-1:000000000000:log-group:g' };
const post =
  (operation: string, input: object, headers: Readonly<Record<string, string | undefined>> = {}) =>
  (made: Bench) =>
    made.raw(operation, JSON.stringify(input), headers);
const under =
  (kind: 'accessDenied' | 'entityInvalid' | 'error500' | 'throttle' | 'aborted' | 'expiredToken') =>
  (made: Bench) => {
    made.local.fault({ kind });
    return made.raw('PutLogEvents', JSON.stringify({ ...BATCH, entity: {} }));
  };

/** A request of each kind that is refused, and a part of the rule that applies. */
const REFUSED: readonly (readonly [
  what: string,
  send: (made: Bench) => Promise<unknown>,
  rule: RegExp,
  options?: object,
])[] = [
  ['denied by a policy', post('PutLogEvents', BATCH), /policy of the credentials/, { policy: only('g2') }],
  ['denied by a fault', under('accessDenied'), /policy of the credentials/],
  [
    'a violation of the entity',
    post('PutLogEvents', { ...BATCH, entity: { keyAttributes: { a: 'b' } } }),
    /entity/,
  ],
  ['a violation of the entity by a fault', under('entityInvalid'), /entity/],
  ['a violation that quotes an entity', post('CreateLogGroup', { logGroupName: "x at 'entity" }), /A member/],
  ['a missing member', post('PutLogEvents', GROUP), /A member is missing/],
  [
    'too much',
    post('PutLogEvents', { ...BATCH, logEvents: [big(600_000), big(600_000)] }),
    /1,048,576 bytes/,
  ],
  ['a large event', post('PutLogEvents', { ...BATCH, logEvents: [big(1_100_000)] }), /Cut the message/],
  ['no order', post('PutLogEvents', { ...BATCH, logEvents: [EVENT, { ...EVENT, timestamp: 9 }] }), /sorted/],
  [
    'a long span',
    post('PutLogEvents', { ...BATCH, logEvents: [at(-86_400_000), EVENT] }),
    /at most 24 hours/,
  ],
  ['no stream', post('PutLogEvents', { ...BATCH, logStreamName: 'no' }), /CreateLogStream/],
  ['no group', post('PutLogEvents', { ...BATCH, logGroupName: 'no' }), /CreateLogGroup/],
  ['an existing group', post('CreateLogGroup', GROUP), /Names are unique/],
  ['no query', post('GetQueryResults', { queryId: 'no' }), /newest 100 queries/],
  ['a wrong token', post('DescribeLogGroups', { nextToken: 'no' }), /token belongs/],
  [
    'a wrong query',
    post('StartQuery', { ...GROUP, startTime: 1, endTime: NOW, queryString: 'x' }),
    /Logs Insights/,
  ],
  ['too many tags', (made) => tagTwice(made), /at most 50 tags/],
  ['a protected group', (made) => deleteProtected(made), /Deletion protection/],
  ['another parameter', post('TagResource', { ...OLD, tags: { 'aws:a': 'b' } }), /A parameter/],
  ['an operation that is not here', post('PutDestination', {}), /this local service does not/],
  ['no operation', post('Nonsense', {}), /No operation/],
  ['no signature', post('PutLogEvents', BATCH, { authorization: undefined }), /not signed\./],
  ['half a signature', post('PutLogEvents', BATCH, { authorization: 'no' }), /Signature Version 4/],
  ['an old signature', post('PutLogEvents', BATCH, { 'x-amz-date': '20261124T110000Z' }), /five minutes/],
  ['no JSON', (made) => made.raw('PutLogEvents', '{'), /not JSON/],
  ['a body over 16 MiB', (made) => made.raw('PutLogEvents', 'x'.repeat(17_000_000)), /16 MiB/],
  [
    'over the quota',
    (made) => Promise.all([1, 2].map(() => post('PutLogEvents', BATCH)(made))),
    /quota/,
    {
      quotas: { PutLogEvents: 1 },
    },
  ],
  ['a failure', under('error500'), /service failed/],
  ['throttling', under('throttle'), /quota/],
  ['a conflict', under('aborted'), /same resource/],
  ['old credentials', under('expiredToken'), /have expired/],
  [
    'reading what is not kept',
    post('GetLogEvents', { ...GROUP, logStreamName: 's' }),
    /without keeping events/,
    {
      keepEvents: false,
    },
  ],
];

function only(group: string): object {
  const Resource = `arn:aws:logs:*:*:log-group:${group}:*`;
  return {
    Statement: [
      { Effect: 'Allow', Action: 'logs:PutLogEvents', Resource },
      { Effect: 'Allow', Action: 'logs:Create*', Resource: '*' },
    ],
  };
}

function big(length: number): object {
  return { timestamp: NOW, message: 'x'.repeat(length) };
}

function at(offset: number): object {
  return { timestamp: NOW + offset, message: 'x' };
}

async function tagTwice(made: Bench): Promise<void> {
  for (const letter of ['a', 'b']) {
    const tags = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`${letter}${index}`, '']));
    await post('TagResource', { ...OLD, tags })(made);
  }
}

async function deleteProtected(made: Bench): Promise<void> {
  const protection = { logGroupIdentifier: 'g', deletionProtectionEnabled: true };
  await post('PutLogGroupDeletionProtection', protection)(made);
  await post('DeleteLogGroup', GROUP)(made);
}

for (const [what, send, rule, options] of REFUSED) {
  test(`a refusal is explained by its own rule: ${what}`, async (t) => {
    const made = await bench(t, options);
    await send(made);
    const record = made.local.requests.at(-1);
    t.true((record?.status ?? 0) >= 400, JSON.stringify(record));
    const [first] = record ? explain(record) : [];
    t.regex(first?.rule ?? '', rule, JSON.stringify(first));
  });
}
