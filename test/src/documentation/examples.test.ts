import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OPTIONS, variableOf } from '@putlogs/core/internal';
import test from 'ava';
import { type CollectionTag, parse, parseAllDocuments, type ScalarTag } from 'yaml';
import { putlogs } from '../support/command.js';
import { PAGES, ROOT, readPage, snippetsOf } from './pages.js';

/** What a guide need not show: what npm and the compiler want, and the pages of Next.js. */
const NOT_SHOWN = /^(?:README\.md|(?:package|[tj]sconfig|cdk)\.json|.+\.jsx)$/;

const FOLDERS = readdirSync(join(ROOT, 'examples')).map((name) => `examples/${name}`);

/** They are run in the repository, and their code is shown elsewhere or nowhere. */
const OF_WORKSPACE = ['compose', 'demo', 'migrate', 'trace'].map((name) => `examples/${name}`);

/** The examples that are installed by `scripts/examples.js`, and those that no program here can run. */
const EXAMPLES = FOLDERS.filter((folder) => !OF_WORKSPACE.includes(folder));

const OTHERS = ['AWS_REGION', 'NODE_NAME', 'POD_NAMESPACE', 'OTEL_RESOURCE_ATTRIBUTES'];

function filesIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('node_modules'))
    .filter(({ name }) => !NOT_SHOWN.test(name))
    .map(({ parentPath, name }) => join(parentPath, name));
}

test('a guide shows the files of each example that it links to, as they are', (t) => {
  t.true(EXAMPLES.length >= 16);
  for (const example of EXAMPLES) {
    const guide = PAGES.find(
      (page) => page.startsWith('docs/guides/') && readPage(page).includes(`../${example})`),
    );
    if (guide === undefined) {
      t.fail(`No guide links to ${example}.`);
      continue;
    }
    const shown = new Set(snippetsOf(guide).map(({ code }) => code));
    for (const file of filesIn(example))
      t.true(shown.has(readFileSync(file, 'utf8')), `${guide} does not show ${file} as it is.`);
  }
});

test('each example says how it is run', (t) => {
  for (const folder of FOLDERS) t.true(PAGES.includes(`${folder}/README.md`), folder);
});

/** The short forms of CloudFormation's functions. */
const FUNCTIONS: readonly (ScalarTag | CollectionTag)[] = ['!Sub', '!Ref'].map((tag) => ({
  tag,
  resolve: (text: string) => text,
}));

const read = (file: string) => readFileSync(join(ROOT, 'examples', file), 'utf8');
const policyIn = (template: string) => parse(template, { customTags: [...FUNCTIONS] }).Resources.WriteLogs;

async function policy(
  format: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<string> {
  const { stdout } = await putlogs(['policy', '--log-group-name', '/my/app', '--format', format, ...args], {
    env,
  });
  return stdout;
}

const WITHOUT_GROUP = ['--no-create-log-group'];

test('Terraform, CloudFormation and CDK grant what putlogs policy prints', async (t) => {
  const [terraform, cloudFormation, cdk] = await Promise.all([
    policy('terraform', WITHOUT_GROUP),
    policy('cloudformation', WITHOUT_GROUP),
    policy('cdk', WITHOUT_GROUP),
  ]);
  t.regex(terraform, /PutLogEvents/);
  t.true(read('terraform/main.tf').includes(terraform));
  t.deepEqual(policyIn(read('cloudformation/template.yaml')), policyIn(cloudFormation));
  t.is(read('cdk/write-logs.js'), cdk);
});

interface Variable {
  readonly name: string;
  readonly value?: string;
}

interface Container {
  readonly environment: readonly Variable[];
  readonly logConfiguration: { readonly options: Readonly<Record<string, string>> };
}

const containersOfTask = (): readonly [Container] =>
  JSON.parse(read('ecs/task-definition.json')).containerDefinitions;
const variablesOfTask = () => containersOfTask()[0].environment;

test('the policy of the ECS task is the least for its variables', async (t) => {
  const env = Object.fromEntries(variablesOfTask().map(({ name, value = '' }) => [name, value]));
  t.deepEqual(
    JSON.parse(read('ecs/policy.json')),
    JSON.parse(await policy('json', ['--account', '123456789012'], env)),
  );
});

test('the log group of the log driver is created before the task needs it', (t) => {
  const [{ logConfiguration }] = containersOfTask();
  const command = `aws logs create-log-group --log-group-name ${logConfiguration.options['awslogs-group']}\n`;
  t.true(read('ecs/README.md').includes(command));
  t.true(readPage('docs/guides/ecs.md').includes(command));
});

interface Resource {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec: {
    readonly template: {
      readonly spec: { readonly serviceAccountName: string; readonly containers: [{ env: Variable[] }] };
    };
  };
}

/** Of the manifest for Kubernetes. */
function resource(wanted: string): Resource {
  const documents = parseAllDocuments(read('kubernetes/deployment.yaml'));
  return documents.map((document) => document.toJS()).find(({ kind }) => kind === wanted);
}

test('the manifest has the namespace and the service account that its pods need', (t) => {
  const { metadata, spec } = resource('Deployment');
  const { namespace } = metadata;
  t.deepEqual(resource('Namespace').metadata, { name: namespace });
  t.deepEqual(resource('ServiceAccount').metadata, {
    name: spec.template.spec.serviceAccountName,
    namespace,
  });
});

test('the variables of the artefacts are those of options', (t) => {
  const known = new Set<string>([...OTHERS, ...Object.keys(OPTIONS).map(variableOf)]);
  const pod: readonly Variable[] = resource('Deployment').spec.template.spec.containers[0].env;
  const ofStack = Array.from(read('cdk/app.js').matchAll(/^ +([A-Z][A-Z_]+): /gm), ([, name = '']) => ({
    name,
  }));
  for (const variables of [variablesOfTask(), pod, ofStack]) {
    t.true(variables.length > 2);
    for (const { name } of variables) t.true(known.has(name), name);
  }
});
