import { Aws } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';

/** For the role of the application: writeLogs.forEach((statement) => role.addToPrincipalPolicy(statement)). */
export const writeLogs = [
  new PolicyStatement({
    actions: ['logs:PutLogEvents', 'logs:CreateLogStream'],
    resources: [`arn:${Aws.PARTITION}:logs:${Aws.REGION}:${Aws.ACCOUNT_ID}:log-group:/my/app:*`],
  }),
];
