import { CreateLogGroupCommand, CreateLogStreamCommand } from '@aws-sdk/client-cloudwatch-logs';
import { QUOTAS, start } from '@putlogs/local';
import test from 'ava';
import { bench, NOW, SECOND } from '../support.js';

const throttled = { name: 'ThrottlingException', message: 'Rate exceeded' };

test('an account creates 10 log groups and 50 log streams a second', async (t) => {
  let now = NOW;
  const { client } = await bench(t, { now: () => now, signingClock: () => NOW, quotas: QUOTAS });
  let count = 0;
  const group = () => client.send(new CreateLogGroupCommand({ logGroupName: `new${count++}` }));
  const stream = () =>
    client.send(new CreateLogStreamCommand({ logGroupName: 'g', logStreamName: `new${count++}` }));
  // `bench` has created one of each.
  for (let times = 1; times < 10; times++) await group();
  await t.throwsAsync(group(), throttled);
  for (let times = 1; times < 50; times++) await stream();
  await t.throwsAsync(stream(), throttled);
  // A tenth of a second later there is one more group and five more streams.
  now += SECOND / 10;
  await group();
  await t.throwsAsync(group(), throttled);
  for (let times = 0; times < 5; times++) await stream();
  await t.throwsAsync(stream(), throttled);
  // However long nothing happens, no more than a second's are saved.
  now += 60 * SECOND;
  for (let times = 0; times < 10; times++) await group();
  await t.throwsAsync(group(), throttled);
});

test('quotas of one operation leave the others alone, and a refused request has no effect', async (t) => {
  const made = await bench(t, { quotas: { PutLogEvents: 2 } });
  await made.put();
  await made.put();
  await t.throwsAsync(made.put(), throttled);
  t.is(made.local.count('g'), 2);
  t.is(made.local.requests.at(-1)?.errorType, 'ThrottlingException');
  for (let times = 0; times < 60; times++)
    await made.client.send(new CreateLogStreamCommand({ logGroupName: 'g', logStreamName: `${times}` }));
  t.is(QUOTAS.PutLogEvents, 5_000);
});

test('a quota that is not one is refused', async (t) => {
  const refused = (quotas: Record<string, number>, message: string) =>
    t.throwsAsync(start({ quotas }), { instanceOf: TypeError, message });
  await refused({ PutLogEvent: 1 }, "quotas: there is no operation 'PutLogEvent'");
  await refused({ PutLogEvents: 0 }, 'quotas: PutLogEvents is not a number from 1');
  await refused({ PutLogEvents: Number.NaN }, 'quotas: PutLogEvents is not a number from 1');
});
