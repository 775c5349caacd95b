import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { Local } from '@putlogs/local';
import { createStream } from '@putlogs/pino';
import test from 'ava';
import pino from 'pino';
import { messages, optionsFor, puts, range, startLocal } from '../../support/harness.js';
import { allDelivered, openPipeline } from '../../support/pipeline.js';
import { spoolFolder } from '../../support/spool-folder.js';
import { until } from '../../support/until.js';

/** Delivers a record of each tenant. */
async function deliver(pipeline: ReturnType<typeof openPipeline>, tenants: readonly string[]) {
  for (const tenant of tenants) pipeline.accept(Date.now(), JSON.stringify({ tenant }));
  await pipeline.flush();
}

/** The names of log group and log stream of all accepted requests. */
function names(local: Local): string[] {
  return puts(local)
    .filter(({ status }) => status === 200)
    .map(({ logGroupName, logStreamName }) => `${logGroupName} ${logStreamName}`);
}

const byTenant = { logGroupName: '/apps/{record.tenant}', logStreamName: 'one' };

test('from a worker thread, each record goes to the log group that its fields name', async (t) => {
  const local = await startLocal(t);
  const stream = createStream({ ...optionsFor(local), ...byTenant });
  const log = pino(stream);
  for (const i of range(4)) log.info({ tenant: i % 2 === 0 ? 'acme' : 'globex', i });
  await new Promise<void>((resolve) => stream.flush(resolve));
  stream.end();
  for (const [tenant, numbers] of [
    ['acme', [0, 2]],
    ['globex', [1, 3]],
  ] as const)
    t.deepEqual(
      messages(local, `/apps/${tenant}`).map((text) => JSON.parse(text).i),
      numbers,
    );
});

test('{service} and {environment} are those of the entity', async (t) => {
  const local = await startLocal(t);
  const entity = { service: 'checkout', environment: 'ecs:prod' };
  const pipeline = openPipeline(local, {
    ...entity,
    logGroupName: '/apps/{service}/{environment}',
    logStreamName: 'one',
  });
  await deliver(pipeline, ['any']);
  t.deepEqual(names(local), ['/apps/checkout/ecs_prod one']);
});

test('a report says once which group takes the place of one whose service nothing says', async (t) => {
  const local = await startLocal(t);
  const logGroupName = '/apps/{service}/{environment}';
  const pipeline = openPipeline(local, { logGroupName, logStreamName: 'one', service: undefined });
  await deliver(pipeline, ['any', 'other']);
  t.deepEqual([...new Set(names(local))], ['/apps/unknown/generic_default one']);
  const reports = pipeline.reports.filter((report) => report.kind === 'problem');
  t.deepEqual(
    reports.map(({ code }) => code),
    ['log-group-name'],
  );
  t.regex(
    reports[0]?.message ?? '',
    /^Nothing says the service that logGroupName asks for, .* \/apps\/unknown\/generic_default, .* Set service, or PUTLOGS_SERVICE\.$/,
  );
});

test('a field keeps to its segment of the name of a log group, and to the characters that the service accepts', async (t) => {
  const local = await startLocal(t);
  const pipeline = openPipeline(local, byTenant);
  await deliver(pipeline, ['a/../b', 'é c', '']);
  t.deepEqual(names(local).toSorted(), ['/apps/__c one', '/apps/a_.._b one', '/apps/unknown one']);
});

test('the log stream keeps the characters of a field that the log group does not', async (t) => {
  const local = await startLocal(t);
  const options = { logGroupName: '/apps/{record.tenant}', logStreamName: '{record.tenant}/logs' };
  await deliver(openPipeline(local, options), ['é c']);
  t.deepEqual(names(local), ['/apps/__c é c/logs']);
});

test('each log group is created once, with all its settings', async (t) => {
  const local = await startLocal(t);
  const pipeline = openPipeline(local, {
    logGroupName: '/apps/{record.tenant}',
    logStreamName: '{record.tenant}',
    retentionInDays: 7,
    logGroupClass: 'INFREQUENT_ACCESS',
    tags: { team: 'shop' },
  });
  await deliver(pipeline, ['a', 'b', 'a']);
  await deliver(pipeline, ['b', 'a']);
  const client = new CloudWatchLogsClient({ endpoint: local.endpoint });
  const { logGroups = [] } = await client.send(new DescribeLogGroupsCommand({}));
  client.destroy();
  t.deepEqual(
    logGroups.map(({ logGroupName, logGroupClass, retentionInDays }) => [
      logGroupName,
      logGroupClass,
      retentionInDays,
    ]),
    [
      ['/apps/a', 'INFREQUENT_ACCESS', 7],
      ['/apps/b', 'INFREQUENT_ACCESS', 7],
    ],
  );
  t.is(local.requests.filter(({ operation }) => operation === 'CreateLogGroup').length, 2);
  t.deepEqual(pipeline.counts(), allDelivered(5));
});

test('more log groups than maxLogStreams share one, which no record can name', async (t) => {
  const local = await startLocal(t);
  const pipeline = openPipeline(local, { ...byTenant, maxLogStreams: 2 });
  await deliver(pipeline, ['a', 'b', 'c', '/overflow', 'd']);
  t.deepEqual([...new Set(names(local))].toSorted(), ['/apps//overflow one', '/apps/a one', '/apps/b one']);
  t.deepEqual(pipeline.problems(), ['log-streams']);
});

test('the next process sends spooled records to their log groups', async (t) => {
  const local = await startLocal(t);
  const spoolDirectory = spoolFolder(t);
  const end = local.fault({ kind: 'throttle', operation: '*' });
  const first = openPipeline(local, { ...byTenant, spoolDirectory, closeTimeoutMs: 1000 });
  for (const tenant of ['a', 'b']) first.accept(Date.now(), JSON.stringify({ tenant }));
  await first.close();
  end();
  const second = openPipeline(local, { spoolDirectory });
  await until('both records', () => names(local).length === 2);
  await second.close();
  t.deepEqual(names(local).toSorted(), ['/apps/a one', '/apps/b one']);
});
