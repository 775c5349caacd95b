import { invalidParameter } from '../refusal/refusal.js';
import type { LogGroup, Store } from '../store/store.js';
import type { Members } from './members.js';
import { LOG_GROUP_IDENTIFIER, LOG_GROUP_NAME } from './rules.js';

/** The one account and Region of this service. */
export const ACCOUNT_ID = '000000000000';
const LOGS_ARN = `arn:aws:logs:us-east-1:${ACCOUNT_ID}`;

export const logGroupArn = (group: string): string => `${LOGS_ARN}:log-group:${group}`;

export const logStreamArn = (group: string, stream: string): string =>
  `${logGroupArn(group)}:log-stream:${stream}`;

/** The name in the ARN of a log group. Throws for any other ARN, and for another account or Region. */
export function logGroupNameIn(arn: string): string {
  const prefix = logGroupArn('');
  const name = arn.slice(prefix.length);
  if (!arn.startsWith(prefix) || name === '' || name.includes(':')) {
    throw invalidParameter(`The ARN '${arn}' is not that of a log group in this account and Region.`);
  }
  return name;
}

/** The name of a log group from its identifier, which is a name or an ARN. */
export const logGroupNameOf = (identifier: string): string =>
  identifier.startsWith('arn:') ? logGroupNameIn(identifier) : identifier;

/** Reads `logGroupName` or `logGroupIdentifier`, exactly one of which is required. The result finds the group. */
export function readLogGroup(members: Members): (store: Store) => LogGroup {
  const name = members.text('logGroupName', LOG_GROUP_NAME);
  const identifier = members.text('logGroupIdentifier', LOG_GROUP_IDENTIFIER);
  return (store) => {
    if (name !== undefined && identifier === undefined) return store.group(name);
    if (name === undefined && identifier !== undefined) return store.group(logGroupNameOf(identifier));
    throw invalidParameter('Either logGroupName or logGroupIdentifier must be specified, but not both.');
  };
}
