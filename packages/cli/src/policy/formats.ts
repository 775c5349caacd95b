import type { ArnParts } from './arn.js';
import type { Documents } from './documents.js';
import type { PolicyDocument } from './trust.js';
import { hasVariable, pieces, variable } from './variables.js';
import { toYaml } from './yaml.js';

/** A statement as this program writes it. */
interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource?: string;
  readonly Principal?: { readonly AWS: string };
  readonly Condition?: { readonly StringEquals: { readonly 'sts:ExternalId': string } };
}

/** Formats that a policy is printed in. Each has its own words for what is not known here. */
export const FORMATS = {
  json: { partition: 'aws', region: undefined, account: undefined },
  cloudformation: {
    partition: variable('AWS::Partition'),
    region: variable('AWS::Region'),
    account: variable('AWS::AccountId'),
  },
  terraform: {
    partition: variable('data.aws_partition.current.partition'),
    region: variable('data.aws_region.current.region'),
    account: variable('data.aws_caller_identity.current.account_id'),
  },
  cdk: {
    partition: variable('Aws.PARTITION'),
    region: variable('Aws.REGION'),
    account: variable('Aws.ACCOUNT_ID'),
  },
} as const satisfies Readonly<Record<string, ArnParts>>;

export type Format = keyof typeof FORMATS;

export function toCloudFormation({ permissions, trust, role }: Documents): string {
  const resource =
    trust === undefined || role === undefined
      ? {
          Type: 'AWS::IAM::ManagedPolicy',
          Properties: {
            Description: 'Lets an application write its logs',
            PolicyDocument: plain(permissions),
          },
        }
      : {
          Type: 'AWS::IAM::Role',
          Properties: {
            RoleName: role.name,
            Path: role.path,
            AssumeRolePolicyDocument: plain(trust),
            Policies: [{ PolicyName: 'putlogs', PolicyDocument: plain(permissions) }],
          },
        };
  return toYaml({ Resources: { WriteLogs: resource } });
}

/** The same, as the values that YAML knows here. */
function plain(document: PolicyDocument): Parameters<typeof toYaml>[0] {
  return JSON.parse(JSON.stringify(document));
}

/** The data sources of `FORMATS`. */
const DATA_SOURCES: Readonly<Record<string, string>> = {
  aws_partition: 'data "aws_partition" "current" {}',
  aws_region: '# Has `region` since version 6 of the AWS provider.\ndata "aws_region" "current" {}',
  aws_caller_identity: 'data "aws_caller_identity" "current" {}',
};

export function toTerraform({ permissions, trust, role }: Documents): string {
  const blocks = [
    ...Object.entries(DATA_SOURCES)
      .filter(([source]) => hasVariable([permissions, trust], `data.${source}.`))
      .map(([, block]) => block),
    `data "aws_iam_policy_document" "write_logs" {\n${hclStatements(permissions)}\n}`,
  ];
  if (trust === undefined || role === undefined)
    blocks.push(
      'resource "aws_iam_policy" "write_logs" {\n  name_prefix = "write-logs-"\n  policy      = data.aws_iam_policy_document.write_logs.json\n}',
    );
  else
    blocks.push(
      `data "aws_iam_policy_document" "trust" {\n${hclStatements(trust)}\n}`,
      `resource "aws_iam_role" "write_logs" {\n  name               = ${hclText(role.name)}\n  path               = ${hclText(role.path)}\n  assume_role_policy = data.aws_iam_policy_document.trust.json\n}`,
      'resource "aws_iam_role_policy" "write_logs" {\n  name   = "putlogs"\n  role   = aws_iam_role.write_logs.id\n  policy = data.aws_iam_policy_document.write_logs.json\n}',
    );
  return blocks.join('\n\n');
}

function hclStatements({ Statement: statements }: PolicyDocument): string {
  return statements.map((statement) => hclStatement(statement as Statement)).join('\n');
}

function hclStatement({ Action, Resource, Principal, Condition }: Statement): string {
  const lines =
    Resource === undefined
      ? [`    actions = ${hclList([Action].flat())}`]
      : [`    actions   = ${hclList([Action].flat())}`, `    resources = ${hclList([Resource])}`];
  if (Principal !== undefined)
    lines.push(
      '    principals {',
      '      type        = "AWS"',
      `      identifiers = ${hclList([Principal.AWS])}`,
      '    }',
    );
  if (Condition !== undefined)
    lines.push(
      '    condition {',
      '      test     = "StringEquals"',
      '      variable = "sts:ExternalId"',
      `      values   = ${hclList([Condition.StringEquals['sts:ExternalId']])}`,
      '    }',
    );
  return ['  statement {', ...lines, '  }'].join('\n');
}

function hclList(texts: readonly string[]): string {
  return `[${texts.map(hclText).join(', ')}]`;
}

/** `${` and `%{` begin a template: doubled they stand for themselves. */
function hclText(text: string): string {
  const parts = pieces(text, {
    literal: (piece) =>
      JSON.stringify(piece)
        .slice(1, -1)
        .replaceAll(/[$%](?=\{)/g, '$&$&'),
    variable: (name) => `\${${name}}`,
  });
  return `"${parts}"`;
}

export function toCdk({ permissions, trust, role }: Documents): string {
  const usesAws = hasVariable([permissions, trust], 'Aws.');
  const statements = permissions.Statement.map((statement) => cdkStatement(statement as Statement)).join(
    '\n',
  );
  const imports = usesAws ? ["import { Aws } from 'aws-cdk-lib';"] : [];
  if (trust === undefined || role === undefined)
    return [
      ...imports,
      "import { PolicyStatement } from 'aws-cdk-lib/aws-iam';",
      '',
      '/** For the role of the application: writeLogs.forEach((statement) => role.addToPrincipalPolicy(statement)). */',
      `export const writeLogs = [\n${statements}\n];`,
    ].join('\n');
  const [{ Principal, Condition }] = trust.Statement as readonly [Statement];
  const externalId = Condition?.StringEquals['sts:ExternalId'];
  return [
    ...imports,
    "import { ArnPrincipal, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';",
    "import type { Construct } from 'constructs';",
    '',
    'export function createLogsRole(scope: Construct): Role {',
    "  const role = new Role(scope, 'WriteLogs', {",
    `    roleName: ${jsText(role.name)},`,
    `    path: ${jsText(role.path)},`,
    `    assumedBy: new ArnPrincipal(${jsText(Principal?.AWS ?? '')}),`,
    ...(externalId === undefined ? [] : [`    externalIds: [${jsText(externalId)}],`]),
    '  });',
    `  const writeLogs = [\n${statements.replaceAll(/^/gm, '  ')}\n  ];`,
    '  for (const statement of writeLogs) role.addToPolicy(statement);',
    '  return role;',
    '}',
  ].join('\n');
}

function cdkStatement({ Action, Resource = '' }: Statement): string {
  const actions = [Action].flat().map(jsText);
  return `  new PolicyStatement({\n    actions: [${actions.join(', ')}],\n    resources: [${jsText(Resource)}],\n  }),`;
}

function jsText(text: string): string {
  if (!hasVariable(text)) return /['\\]/.test(text) ? JSON.stringify(text) : `'${text}'`;
  const parts = pieces(text, {
    literal: (piece) => piece.replaceAll(/[\\`]|\$(?=\{)/g, '\\$&'),
    variable: (name) => `\${${name}}`,
  });
  return `\`${parts}\``;
}
