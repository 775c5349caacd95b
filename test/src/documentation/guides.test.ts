import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  CloudWatchLogsClient,
  GetQueryResultsCommand,
  StartQueryCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { createStream } from '@putlogs/pino';
import test, { type ExecutionContext } from 'ava';
import pino from 'pino';
import { parseAllDocuments } from 'yaml';
import { runProgram } from '../support/child.js';
import { putlogs } from '../support/command.js';
import { optionsFor, startLocal } from '../support/harness.js';
import { snippetsOf } from './pages.js';

/** The snippets of a guide in one language, in their order. */
const codeOf = (guide: string, language: string): string[] =>
  snippetsOf(`docs/guides/${guide}.md`)
    .filter((snippet) => snippet.language === language)
    .map(({ code }) => code);

/** A program in this folder, so that it finds the packages. */
function programOf(t: ExecutionContext, code: string): string {
  const folder = mkdtempSync(fileURLToPath(new URL('guide-', import.meta.url)));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'program.mjs');
  writeFileSync(file, code);
  return file;
}

// Ends as Lambda ends an environment, so that only what the handler waited for counts.
const INVOKE = "await handler({ orderId: 42 });\nprocess.kill(process.pid, 'SIGKILL');\n";

for (const [service, fault, delivered] of [
  ['answers', undefined, 1],
  ['hangs', { kind: 'hang', times: 100 }, 0],
] as const) {
  test(`the handler for Lambda: nothing is lost when it has returned, if the service ${service}`, async (t) => {
    const local = await startLocal(t);
    if (fault !== undefined) local.fault(fault);
    const handler = codeOf('lambda', 'js').find((code) => code.includes('fallback')) ?? '';
    // A busy machine may need more than the second after which the handler gives up.
    const patient = delivered === 0 ? handler : handler.replace('setTimeout(1000,', 'setTimeout(100_000,');
    const { stdout, signal } = await runProgram(local, programOf(t, patient + INVOKE));
    t.is(signal, 'SIGKILL');
    t.is(local.events('/my/app').length, delivered);
    t.is(stdout.includes('"orderId":42'), delivered === 0);
  });
}

interface Container {
  readonly env: readonly {
    readonly name: string;
    readonly value?: string;
    readonly valueFrom?: { readonly fieldRef: { readonly fieldPath: string } };
  }[];
}

/** What the Downward API says of a pod of this test. */
const FIELDS: Readonly<Record<string, string>> = {
  'spec.nodeName': 'ip-10-0-1-7.eu-central-1.compute.internal',
  'metadata.namespace': 'shop',
};

/** The variables of the container in the manifest, as the kubelet sets them. */
function variablesOf(manifest: string): Record<string, string> {
  const documents = parseAllDocuments(manifest).map((document) => document.toJS());
  const [container]: readonly Container[] = documents.find(({ kind }) => kind === 'Deployment').spec.template
    .spec.containers;
  const variables: Record<string, string> = {};
  for (const { name, value, valueFrom } of container?.env ?? []) {
    const text = value ?? FIELDS[valueFrom?.fieldRef.fieldPath ?? ''] ?? '';
    variables[name] = text.replaceAll(/\$\((\w+)\)/g, (_, other: string) => variables[other] ?? '');
  }
  return variables;
}

test('the manifest for Kubernetes gives a complete entity', async (t) => {
  const [manifest = ''] = codeOf('kubernetes', 'yaml');
  const variables = variablesOf(manifest);
  const env = {
    ...variables,
    KUBERNETES_SERVICE_HOST: '10.100.0.1',
    AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE:
      '/var/run/secrets/pods.eks.amazonaws.com/serviceaccount/eks-pod-identity-token',
    // The kubelet names the host after the pod, which a test cannot.
    OTEL_RESOURCE_ATTRIBUTES: `${variables.OTEL_RESOURCE_ATTRIBUTES},k8s.pod.name=checkout-5d4f8c7b9d-x2kfp`,
  };
  const { stdout, stderr } = await putlogs(['entity'], { env });
  t.is(stderr, '');
  t.deepEqual(JSON.parse(stdout).entity, {
    keyAttributes: { Type: 'Service', Name: 'checkout', Environment: 'eks:prod/shop' },
    attributes: {
      PlatformType: 'AWS::EKS',
      'EKS.Cluster': 'prod',
      'K8s.Namespace': 'shop',
      'K8s.Workload': 'checkout',
      'K8s.Node': 'ip-10-0-1-7.eu-central-1.compute.internal',
      'K8s.Pod': 'checkout-5d4f8c7b9d-x2kfp',
      'AWS.ServiceNameSource': 'K8sWorkload',
    },
  });
});

test('the example of tenants makes the log streams and entities that it names', async (t) => {
  const local = await startLocal(t);
  const [code = ''] = codeOf('tenants', 'js');
  const { stderr } = await runProgram(local, programOf(t, code));
  t.is(stderr, '');
  const made = local
    .events('/my/app')
    .filter(({ logStreamName }) => !logStreamName.startsWith('unknown/'))
    .map(({ logStreamName, entity }) => `${logStreamName.split('/')[0]} ${entity?.keyAttributes?.Name}`);
  t.deepEqual(made.toSorted(), ['acme billing', 'acme orders', 'globex orders']);
});

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';

/** Of the first row of each query for Logs Insights, in the order of the page. */
const FIRST_ROWS: readonly Readonly<Record<string, string>>[] = [
  { msg: 'payment failed', 'err.message': 'card refused' },
  { msg: 'order placed', level: '30' },
  { requests: '2', p50: '12', p99: '40' },
  { failures: '1', 'req.url': '/pay' },
  { tenant: 'globex' },
  { records: '4' },
  { times: '1', 'err.type': 'Error', 'err.message': 'card refused' },
  { message: 'putlogs: ', missingEvents: '' },
  { average: '', longest: '' },
];

function logRequests(logger: pino.Logger): void {
  logger.info({ tenant: 'acme', trace_id: TRACE }, 'order placed');
  logger.error({ err: new Error('card refused') }, 'payment failed');
  for (const [url, statusCode, responseTime] of [
    ['/', 200, 12],
    ['/pay', 502, 40],
  ] as const) {
    logger.info({ req: { url }, res: { statusCode }, responseTime }, 'request completed');
  }
}

/** @returns the rows of a query, without `@ptr` */
async function rowsOf(client: CloudWatchLogsClient, queryString: string) {
  const [startTime, endTime] = [-3600, 3600].map((seconds) => Math.floor(Date.now() / 1000) + seconds);
  const { queryId } = await client.send(
    new StartQueryCommand({ logGroupName: '/my/app', startTime, endTime, queryString }),
  );
  await client.send(new GetQueryResultsCommand({ queryId }));
  const { results = [] } = await client.send(new GetQueryResultsCommand({ queryId }));
  return results.map((row) => Object.fromEntries(row.map(({ field = '', value = '' }) => [field, value])));
}

test('each query for Logs Insights finds what it is for', async (t) => {
  const local = await startLocal(t);
  const client = new CloudWatchLogsClient({ endpoint: local.endpoint, region: 'us-east-1' });
  t.teardown(() => client.destroy());
  const options = { ...optionsFor(local), logGroupName: '/my/app', service: 'checkout' };
  const limited = createStream({ ...options, service: 'batch', maxBytesPerSecond: 1024 });
  const logger = pino(limited);
  for (let i = 0; i < 30; i++) logger.info({ tenant: 'globex', text: 'x'.repeat(1000) }, 'imported');
  await limited.close();
  const stream = createStream(options);
  logRequests(pino(stream));
  await stream.close();

  const queries = codeOf('insights', '');
  t.is(queries.length, FIRST_ROWS.length);
  for (const [index, query] of queries.entries()) {
    const [row = {}] = await rowsOf(client, query.trim());
    for (const [field, value] of Object.entries(FIRST_ROWS[index] ?? {}))
      t.true(row[field]?.startsWith(value), `${query}\n${field} is ${row[field]}, not ${value}`);
  }
});
