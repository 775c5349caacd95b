import { parse as parseHcl } from '@cdktn/hcl2json';
import { type Local, start } from '@putlogs/local';
import test, { type ExecutionContext } from 'ava';
import { parse } from 'yaml';
import { answer } from '../support/answer.js';
import { application } from '../support/command.js';
import { startSts } from '../support/sts.js';

const ROLE = 'arn:aws:iam::123456789012:role/team/logs';

async function policy(
  t: ExecutionContext,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
) {
  const { code, stdout, stderr } = await answer(['policy', '--log-group-name', '/my/app', ...args], { env });
  t.is(code, 0, stderr);
  return { text: stdout, stderr };
}

interface Document {
  readonly Statement: readonly { readonly Action: string[]; readonly Resource: string }[];
}

/** What is needed for one event, as a transport sends it. */
async function send(t: ExecutionContext, document: object, env: Readonly<Record<string, string>>) {
  const local: Local = await start({ policy: document });
  t.teardown(() => local.close());
  const all = { ...local.env, PUTLOGS_LOG_GROUP_NAME: '/my/app', ...env };
  const { stdout } = await answer(['doctor', '--send', '--json'], { cwd: application(t), env: all });
  const codes: string[] = JSON.parse(stdout).findings.map(({ code }: { code: string }) => code);
  return { codes, arrived: local.count('/my/app') };
}

for (const [what, env, actions] of [
  ['nothing else', {}, ['logs:PutLogEvents', 'logs:CreateLogStream', 'logs:CreateLogGroup']],
  [
    'retention and tags',
    { PUTLOGS_RETENTION_IN_DAYS: '30', PUTLOGS_TAGS: 'team=shop' },
    [
      'logs:PutLogEvents',
      'logs:CreateLogStream',
      'logs:CreateLogGroup',
      'logs:PutRetentionPolicy',
      'logs:TagResource',
    ],
  ],
] as const) {
  test.serial(
    `the policy for a log group with ${what} is enough, and without any of its actions it is not`,
    async (t) => {
      const { text } = await policy(t, ['--region', 'us-east-1', '--account', '000000000000'], env);
      const document: Document = JSON.parse(text);
      t.deepEqual(
        document.Statement.flatMap(({ Action }) => Action),
        [...actions],
      );
      const { codes, arrived } = await send(t, document, env);
      t.true(codes.includes('PL-DELIVERED'));
      t.false(codes.includes('PL-RETENTION-DENIED'));
      t.is(arrived, 1);
      for (const action of actions) {
        const Statement = document.Statement.map((statement) => ({
          ...statement,
          Action: statement.Action.filter((one) => one !== action),
        })).filter(({ Action }) => Action.length > 0);
        const less = await send(t, { ...document, Statement }, env);
        t.true(
          less.codes.some((code) => code.endsWith('-DENIED')),
          `${action} is not needed`,
        );
      }
    },
  );
}

test('what is not created needs no permission', async (t) => {
  const { text } = await policy(t, ['--no-create-log-stream', '--retention-in-days', '30', '--tags', 'a=b']);
  t.deepEqual(
    JSON.parse(text).Statement.flatMap(({ Action }: { Action: string[] }) => Action),
    ['logs:PutLogEvents'],
  );
});

test('placeholders are filled in as far as they are known', async (t) => {
  const args = [
    '--log-group-name',
    '/{environment}/{service}/{record.tenant}',
    '--service',
    'shop',
    '--region',
  ];
  const { text } = await policy(t, [...args, 'cn-north-1']);
  t.is(JSON.parse(text).Statement[0].Resource, 'arn:aws-cn:logs:cn-north-1:*:log-group:/*/shop/*:*');
});

test('what is not known is told on stderr', async (t) => {
  const { text, stderr } = await policy(t, []);
  t.is(JSON.parse(text).Statement[0].Resource, 'arn:aws:logs:*:*:log-group:/my/app:*');
  t.is(stderr, 'putlogs: Region and account unknown: * stands for any. See --region and --account.\n');
});

test.serial('the account comes from STS, else from the role, else from the flag', async (t) => {
  const sts = await startSts(t);
  const env = {
    AWS_ENDPOINT_URL_STS: sts.endpoint,
    AWS_ACCESS_KEY_ID: 'key',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_REGION: 'eu-west-1',
  };
  const accountIn = (text: string) => JSON.parse(text).Statement[0].Resource.split(':')[4];
  t.is(accountIn((await policy(t, [], env)).text), '123456789012');
  const ofRole = await policy(t, ['--role-arn', ROLE.replace('123456789012', '210987654321')], env);
  t.is(accountIn(ofRole.text), '210987654321');
  t.is(accountIn((await policy(t, ['--account', '111111111111'], env)).text), '111111111111');
  const trust = await policy(t, ['--role-arn', ROLE, '--external-id', 'shop-7', '--document', 'trust'], env);
  t.deepEqual(JSON.parse(trust.text), {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        // Not whoever asks STS here.
        Principal: { AWS: 'arn:aws:iam::ACCOUNT:role/WHO-ASKS' },
        Action: 'sts:AssumeRole',
        Condition: { StringEquals: { 'sts:ExternalId': 'shop-7' } },
      },
    ],
  });
  t.is(trust.stderr, 'putlogs: who assumes the role is not known: name its role or user with --principal.\n');
  // The role is described, not assumed.
  t.true(sts.requests.every(({ params }) => params.Action === 'GetCallerIdentity'));
});

test('--principal names who assumes the role', async (t) => {
  const principal = 'arn:aws:iam::123456789012:role/service-role/app';
  const args = ['--role-arn', ROLE, '--principal', principal];
  const { text, stderr } = await policy(t, [...args, '--document', 'trust', '--region', 'eu-west-1']);
  t.deepEqual(JSON.parse(text).Statement[0].Principal, { AWS: principal });
  t.is(stderr, '');
  const cdk = await policy(t, [...args, '--format', 'cdk', '--region', 'eu-west-1']);
  t.regex(cdk.text, /new ArnPrincipal\('arn:aws:iam::123456789012:role\/service-role\/app'\)/);
});

test('the placeholder for who assumes the role is of the partition of the Region', async (t) => {
  const { text } = await policy(t, ['--role-arn', ROLE, '--document', 'trust', '--region', 'cn-north-1']);
  t.deepEqual(JSON.parse(text).Statement[0].Principal, { AWS: 'arn:aws-cn:iam::ACCOUNT:role/WHO-ASKS' });
});

test('a service in the name of the log group is written as a transport writes it', async (t) => {
  const { text } = await policy(t, [
    '--log-group-name',
    '/{service}',
    '--service',
    'my shop',
    '--region',
    'x-1',
  ]);
  t.is(JSON.parse(text).Statement[0].Resource, 'arn:aws:logs:x-1:*:log-group:/my_shop:*');
});

test('--json is --format json', async (t) => {
  const [json, same] = await Promise.all([policy(t, ['--json']), policy(t, [])]);
  t.is(json.text, same.text);
});

test('--document assume lets somebody assume the role', async (t) => {
  const { text } = await policy(t, ['--role-arn', ROLE, '--document', 'assume']);
  t.deepEqual(JSON.parse(text).Statement, [{ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: ROLE }]);
});

test('CloudFormation fills in what is not known, and reads the same as JSON', async (t) => {
  const [json, yaml] = await Promise.all([
    policy(t, ['--tags', 'a=b']),
    policy(t, ['--tags', 'a=b', '--format', 'cloudformation']),
  ]);
  const sub = {
    tag: '!Sub',
    resolve: (text: string) =>
      text.replaceAll(/\$\{AWS::Partition\}/g, 'aws').replaceAll(/\$\{AWS::\w+\}/g, '*'),
  };
  const { WriteLogs } = parse(yaml.text, { customTags: [sub] }).Resources;
  t.is(WriteLogs.Type, 'AWS::IAM::ManagedPolicy');
  t.deepEqual(WriteLogs.Properties.PolicyDocument, JSON.parse(json.text));
  t.regex(
    yaml.text,
    /!Sub 'arn:\$\{AWS::Partition\}:logs:\$\{AWS::Region\}:\$\{AWS::AccountId\}:log-group:\/my\/app:\*'/,
  );
});

test('CloudFormation creates the role with its trust', async (t) => {
  const role = ['--role-arn', ROLE, '--external-id', 'shop-7', '--region', 'eu-central-1'];
  const { text } = await policy(t, [...role, '--format', 'cloudformation']);
  const { Type, Properties } = parse(text).Resources.WriteLogs;
  t.is(Type, 'AWS::IAM::Role');
  t.like(Properties, { RoleName: 'logs', Path: '/team/' });
  const [json, trust] = await Promise.all([policy(t, role), policy(t, [...role, '--document', 'trust'])]);
  t.deepEqual(Properties.AssumeRolePolicyDocument, JSON.parse(trust.text));
  t.deepEqual(Properties.Policies[0].PolicyDocument, JSON.parse(json.text));
});

test('Terraform names data sources for what is not known, and none for what is', async (t) => {
  const unknown = await policy(t, ['--format', 'terraform']);
  t.regex(unknown.text, /^data "aws_partition" "current" \{\}$/m);
  t.regex(unknown.text, /^data "aws_caller_identity" "current" \{\}$/m);
  t.regex(unknown.text, /^# .+ version 6 .+\ndata "aws_region" "current" \{\}$/m);
  t.regex(
    unknown.text,
    /resources = \["arn:\$\{data\.aws_partition\.current\.partition\}:logs:\$\{data\.aws_region\.current\.region\}:/,
  );
  t.regex(unknown.text, /^resource "aws_iam_policy" "write_logs" \{$/m);
  await t.notThrowsAsync(parseHcl('policy.tf', unknown.text));
  const args = [
    '--format',
    'terraform',
    '--role-arn',
    ROLE,
    '--external-id',
    'shop-7',
    '--region',
    'eu-central-1',
  ];
  const known = await policy(t, args);
  t.is(known.text, KNOWN_ROLE);
});

const KNOWN_ROLE = `data "aws_iam_policy_document" "write_logs" {
  statement {
    actions   = ["logs:PutLogEvents", "logs:CreateLogStream", "logs:CreateLogGroup"]
    resources = ["arn:aws:logs:eu-central-1:123456789012:log-group:/my/app:*"]
  }
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::ACCOUNT:role/WHO-ASKS"]
    }
    condition {
      test     = "StringEquals"
      variable = "sts:ExternalId"
      values   = ["shop-7"]
    }
  }
}

resource "aws_iam_role" "write_logs" {
  name               = "logs"
  path               = "/team/"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy" "write_logs" {
  name   = "putlogs"
  role   = aws_iam_role.write_logs.id
  policy = data.aws_iam_policy_document.write_logs.json
}
`;

test('CDK code makes the same statements', async (t) => {
  const { text } = await policy(t, ['--format', 'cdk', '--tags', 'a=b']);
  const made = run(text, 'writeLogs') as { actions: string[]; resources: string[] }[];
  t.deepEqual(
    made.map(({ resources }) => resources),
    [
      ['arn:PARTITION:logs:REGION:ACCOUNT_ID:log-group:/my/app:*'],
      ['arn:PARTITION:logs:REGION:ACCOUNT_ID:log-group:/my/app'],
    ],
  );
  t.deepEqual(made[1]?.actions, ['logs:TagResource']);
  const ofRole = await policy(t, [
    '--format',
    'cdk',
    '--role-arn',
    ROLE,
    '--external-id',
    'shop-7',
    '--region',
    'eu-west-1',
  ]);
  t.regex(ofRole.text, /^ {4}roleName: 'logs',\n {4}path: '\/team\/',$/m);
  t.regex(ofRole.text, /^ {4}externalIds: \['shop-7'\],$/m);
});

/** Runs the code with stand-ins for what it imports. */
function run(code: string, result: string): unknown {
  const body = code.replaceAll(/^import .*$/gm, '').replace('export const', 'const');
  const Aws = { PARTITION: 'PARTITION', REGION: 'REGION', ACCOUNT_ID: 'ACCOUNT_ID' };
  class PolicyStatement {
    constructor(properties: object) {
      Object.assign(this, properties);
    }
  }
  return new Function('Aws', 'PolicyStatement', `${body}\nreturn ${result};`)(Aws, PolicyStatement);
}

/** The path of a role may have any printable character of ASCII. */
const ODD = `arn:aws:iam::123456789012:role/\${AWS::Region}/\${Aws.REGION}/%{if}/\`$\`/'"\\"/\${x/\\u0000Aws./app`;

test('a name that looks like code means itself, in CloudFormation, CDK and Terraform', async (t) => {
  const as = async (format: string) => {
    const args = ['--role-arn', ROLE, '--principal', ODD, '--region', 'eu-west-1', '--format', format];
    return (await policy(t, args)).text;
  };
  const { Properties } = parse(await as('cloudformation')).Resources.WriteLogs;
  t.is(Properties.AssumeRolePolicyDocument.Statement[0].Principal.AWS, ODD);
  const [, principal] = /new ArnPrincipal\((.*)\),$/m.exec(await as('cdk')) ?? [];
  t.is(new Function(`return ${principal};`)(), ODD);
  const terraform = await as('terraform');
  await t.notThrowsAsync(parseHcl('policy.tf', terraform));
  const [, identifier = ''] = /identifiers = \[(.*)\]$/m.exec(terraform) ?? [];
  // The escapes are those of JSON, but for what begins a template.
  t.notRegex(identifier.replaceAll(/[$%]{2}\{/g, ''), /[$%]\{/);
  t.is(JSON.parse(identifier.replaceAll(/([$%])\1\{/g, '$1{')), ODD);
});

test('--principal with what no name of IAM has is a mistake', async (t) => {
  const principal = 'arn:aws:iam::123456789012:role/\u001b[31m';
  const { code, stderr } = await answer(['policy', '--log-group-name', '/a', '--principal', principal]);
  t.is(code, 2);
  t.regex(stderr, /--principal: expected the ARN of a role or user/);
});

for (const [args, why] of [
  [['--format', 'xml'], /'xml' is invalid\. Allowed choices are json, cloudformation, terraform, cdk/],
  [['--format', 'cdk', '--json'], /'--json' cannot be used with option '--format <format>'/],
  [
    ['--role-arn', ROLE, '--document', 'trust', '--format', 'cdk'],
    /--document trust is printed as JSON only/,
  ],
  [['--principal', 'me'], /--principal: expected the ARN of a role or user; given: me/],
  [['--document', 'trust'], /--document trust: only a role has one/],
  [['--account', '12'], /--account: expected 12 digits; given: 12/],
] as const) {
  test(`putlogs policy ${args.join(' ')} is a mistake`, async (t) => {
    const { code, stderr } = await answer(['policy', '--log-group-name', '/a', ...args]);
    t.is(code, 2);
    t.regex(stderr, why);
  });
}
