import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

/** What `putlogs policy --log-group-name /my/app --no-create-log-group` allows. */
const ACTIONS = ['logs:PutLogEvents', 'logs:CreateLogStream'];

const VARIABLES = ['PUTLOGS_LOG_GROUP_NAME', 'PUTLOGS_CREATE_LOG_GROUP', 'AWS_REGION'];

/** Synthesises the stack as `cdk synth` does, and looks at the template. */
export async function checkStack(project) {
  const { app } = JSON.parse(readFileSync(join(project.folder, 'cdk.json'), 'utf8'));
  const [, ...args] = app.split(' ');
  await project.node(args, { CDK_OUTDIR: join(project.folder, 'cdk.out') });
  const template = readFileSync(join(project.folder, 'cdk.out', 'Checkout.template.json'), 'utf8');
  const resources = Object.values(JSON.parse(template).Resources);
  expectEqual('the policy of the task', actionsOfTask(resources), ACTIONS);
  expectEqual('the variables', variablesOf(resources), VARIABLES);
  return `${resources.length} resources, with the policy and the variables`;
}

function actionsOfTask(resources) {
  return resources
    .filter(
      ({ Type, Properties }) => Type === 'AWS::IAM::Policy' && /TaskTaskRole/.test(Properties.PolicyName),
    )
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
    .flatMap(({ Action }) => Action);
}

function variablesOf(resources) {
  return resources
    .filter(({ Type }) => Type === 'AWS::ECS::TaskDefinition')
    .flatMap(({ Properties }) => Properties.ContainerDefinitions)
    .flatMap(({ Environment }) => Environment.map(({ Name }) => Name));
}

function expectEqual(what, value, expected) {
  if (!isDeepStrictEqual(value, expected)) throw new Error(`${what}: ${value}, not ${expected}`);
}
