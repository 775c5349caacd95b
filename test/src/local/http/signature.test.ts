import { CloudWatchLogsClient, CreateLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import { type StartOptions, start } from '@putlogs/local';
import test, { type ExecutionContext } from 'ava';
import { bench, exchange, HOUR, NOW, SECOND } from '../support.js';

const MINUTE = 60 * SECOND;

// `raw` signs at NOW, which is 12:00:00.
const clocks: readonly [clock: number, words: string | undefined][] = [
  [NOW + 5 * MINUTE, undefined],
  [NOW + 5 * MINUTE + 999, undefined],
  [
    NOW + 5 * MINUTE + SECOND,
    'Signature expired: 20261124T120000Z is now earlier than 20261124T120001Z (20261124T120501Z - 5 min.)',
  ],
  [NOW - 5 * MINUTE, undefined],
  [
    NOW - 5 * MINUTE - 1,
    'Signature not yet current: 20261124T120000Z is still later than 20261124T115959Z (20261124T115459Z + 5 min.)',
  ],
];

for (const [clock, words] of clocks) {
  const verdict = words === undefined ? 'accepted' : 'refused';
  test(`at ${new Date(clock).toISOString()} a signature from noon is ${verdict}`, async (t) => {
    let signingClock = NOW;
    const made = await bench(t, { signingClock: () => signingClock });
    signingClock = clock;
    const answer = await made.raw('DescribeLogGroups', '{}');
    t.is(answer.status, words === undefined ? 200 : 400);
    const { __type, message } = JSON.parse(answer.body);
    t.is(__type, words === undefined ? undefined : 'InvalidSignatureException');
    t.is(message, words);
    t.is(made.local.requests.at(-1)?.errorType, __type);
  });
}

test('every operation checks the time of the signature before anything else', async (t) => {
  let signingClock = NOW;
  const made = await bench(t, { signingClock: () => signingClock });
  signingClock = NOW + HOUR;
  made.local.fault({ kind: 'throttle', operation: '*' });
  for (const operation of ['PutLogEvents', 'CreateLogStream', 'TagResource', 'FilterLogEvents']) {
    t.regex((await made.raw(operation, '{')).body, /InvalidSignatureException/, operation);
  }
});

test('every answer has the Date that signatures are checked against', async (t) => {
  const made = await bench(t, { now: () => 0 });
  const good = await made.raw('DescribeLogGroups', '{}');
  const bad = await made.raw('PutLogEvents', '{}');
  const unsigned = await made.raw('PutLogEvents', '{}', { authorization: undefined });
  const stranger = await exchange(made.local.port, 'GET', '/nothing');
  made.local.fault({ kind: 'html502' });
  const page = await made.raw('PutLogEvents', '{}');
  t.deepEqual(
    [good, bad, unsigned, stranger, page].map(({ status, headers }) => [status, headers.date]),
    [200, 400, 400, 404, 502].map((status) => [status, 'Tue, 24 Nov 2026 12:00:00 GMT']),
  );
});

/** The SDK as in an application: it signs with the real time until it corrects its clock. */
async function application(t: ExecutionContext, options: StartOptions, maxAttempts?: number) {
  const local = await start(options);
  const client = new CloudWatchLogsClient({
    endpoint: local.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    ...(maxAttempts !== undefined && { maxAttempts }),
  });
  t.teardown(async () => {
    client.destroy();
    await local.close();
  });
  return {
    create: (logGroupName: string) => client.send(new CreateLogGroupCommand({ logGroupName })),
    outcomes: () => local.requests.map(({ status, errorType }) => errorType ?? status),
  };
}

for (const [name, skew] of [
  ['slow', HOUR],
  ['fast', -HOUR],
] as const) {
  const signingClock = () => Date.now() + skew;

  test(`an SDK whose clock is an hour ${name} is refused, and its own retry succeeds`, async (t) => {
    const { create, outcomes } = await application(t, { signingClock });
    await create('a');
    t.deepEqual(outcomes(), ['InvalidSignatureException', 200]);
    await create('b');
    t.deepEqual(outcomes(), ['InvalidSignatureException', 200, 200]);
  });

  test(`an SDK whose clock is an hour ${name} and that does not retry succeeds with the second request`, async (t) => {
    const { create, outcomes } = await application(t, { signingClock }, 1);
    await t.throwsAsync(create('a'), { name: 'InvalidSignatureException' });
    await create('a');
    await create('b');
    t.deepEqual(outcomes(), ['InvalidSignatureException', 200, 200]);
  });
}

test('the clock of events does not affect signatures', async (t) => {
  const { create, outcomes } = await application(t, { now: () => 0 }, 1);
  await create('a');
  await create('b');
  t.deepEqual(outcomes(), [200, 200]);
});
