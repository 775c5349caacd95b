import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

/** What `putlogs policy --log-group-name /my/app --no-create-log-group` allows. */
const OF_TASK = ['logs:PutLogEvents', 'logs:CreateLogStream'];

/** To pull the image, and to feed the log driver. */
const OF_EXECUTION = [
  'ecr:BatchCheckLayerAvailability',
  'ecr:GetDownloadUrlForLayer',
  'ecr:BatchGetImage',
  'ecr:GetAuthorizationToken',
  'logs:CreateLogStream',
  'logs:PutLogEvents',
];

const VARIABLES = ['PUTLOGS_LOG_GROUP_NAME', 'PUTLOGS_CREATE_LOG_GROUP', 'AWS_REGION'];

/** Synthesises the stack, which fails on a warning, and looks at the template. */
export async function checkStack(project) {
  await project.npm('run', 'synth', '--', '--strict', '--quiet');
  const template = readFileSync(join(project.folder, 'cdk.out', 'Checkout.template.json'), 'utf8');
  const resources = Object.values(JSON.parse(template).Resources);
  expectEqual('the policy of the task', actionsOf('TaskTaskRole', resources), OF_TASK);
  expectEqual('the policy of the agent', actionsOf('TaskExecutionRole', resources), OF_EXECUTION);
  expectEqual('the variables', variablesOf(resources), VARIABLES);
  return `${resources.length} resources, with the policies and the variables`;
}

function actionsOf(role, resources) {
  return resources
    .filter(({ Type, Properties }) => Type === 'AWS::IAM::Policy' && Properties.PolicyName.includes(role))
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
