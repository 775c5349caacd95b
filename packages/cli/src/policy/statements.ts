import { type ArnParts, logGroupArn, tagArn } from './arn.js';
import type { PolicyDocument } from './trust.js';

/** Calls that delivery may make. */
export type LogsAction =
  | 'logs:PutLogEvents'
  | 'logs:CreateLogStream'
  | 'logs:CreateLogGroup'
  | 'logs:PutRetentionPolicy'
  | 'logs:TagResource';

/** Allows these calls on a log group. */
export function allow(actions: readonly LogsAction[], logGroupName: string, parts: ArnParts): PolicyDocument {
  const tagging = actions.filter((action) => action === 'logs:TagResource');
  const others = actions.filter((action) => action !== 'logs:TagResource');
  const statement = (action: readonly LogsAction[], resource: string) =>
    action.length === 0 ? [] : [{ Effect: 'Allow', Action: action, Resource: resource }];
  return {
    Version: '2012-10-17',
    Statement: [
      ...statement(others, logGroupArn(logGroupName, parts)),
      ...statement(tagging, tagArn(logGroupName, parts)),
    ],
  };
}
