import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DescribeLogGroupsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Local } from '@putlogs/local';
import test, { type ExecutionContext } from 'ava';
import { operations, optionsFor, puts, startLocal } from '../../support/harness.js';
import { allDelivered, openPipeline } from '../../support/pipeline.js';
import { until } from '../../support/until.js';

function clientFor(t: ExecutionContext, { endpoint }: Local): CloudWatchLogsClient {
  const client = new CloudWatchLogsClient({ endpoint });
  t.teardown(() => client.destroy());
  return client;
}

test('with createLogStream: false nothing is created: events wait until the log stream exists', async (t) => {
  const local = await startLocal(t);
  const pipeline = openPipeline(local, { createLogStream: false, logStreamName: 'one' });
  pipeline.accept(Date.now(), 'waits');
  const flushed = pipeline.flush();
  await until('three requests', () => puts(local).length >= 3);
  t.deepEqual([...new Set(operations(local))], ['PutLogEvents']);
  t.deepEqual(pipeline.problems(), ['missing']);
  const client = clientFor(t, local);
  const { logGroupName } = optionsFor(local);
  await client.send(new CreateLogGroupCommand({ logGroupName }));
  await client.send(new CreateLogStreamCommand({ logGroupName, logStreamName: 'one' }));
  await flushed;
  t.deepEqual(pipeline.counts(), allDelivered(1));
});

test('a log group is created with its class, key, tags and protection', async (t) => {
  const local = await startLocal(t);
  const settings = {
    logGroupClass: 'INFREQUENT_ACCESS',
    kmsKeyId: 'arn:aws:kms:us-east-1:000000000000:key/2',
    deletionProtectionEnabled: true,
  } as const;
  const pipeline = openPipeline(local, { ...settings, tags: { team: 'shop' } });
  pipeline.accept(Date.now(), 'record');
  await pipeline.flush();
  const { logGroups = [] } = await clientFor(t, local).send(new DescribeLogGroupsCommand({}));
  t.is(logGroups.length, 1);
  t.like(logGroups[0], settings);
  t.deepEqual(pipeline.problems(), []);
});

test('a log group that is created in the class DELIVERY is reported', async (t) => {
  const local = await startLocal(t);
  const pipeline = openPipeline(local, { logGroupClass: 'DELIVERY', retentionInDays: 30 });
  pipeline.accept(Date.now(), 'record');
  await pipeline.flush();
  t.deepEqual(pipeline.problems(), ['log-group-class']);
  t.regex(JSON.stringify(pipeline.reports), /does not say that retentionInDays \(30\) changes that/);
  const second = openPipeline(local, { logGroupClass: 'DELIVERY' });
  second.accept(Date.now(), 'record');
  await second.flush();
  t.deepEqual(second.problems(), [], 'the log group exists already');
});
