import type { Config } from '@putlogs/core';
import { sanitizeGroupName } from '@putlogs/core/internal';
import type { LogsAction } from './statements.js';

/** The calls that a transport with these options makes. Nothing is ever described or listed. */
export function actionsOf({ createLogStream, createLogGroup, retentionInDays, tags }: Config): LogsAction[] {
  const createsGroup = createLogStream && createLogGroup;
  return [
    'logs:PutLogEvents',
    ...when(createLogStream, 'logs:CreateLogStream'),
    ...when(createsGroup, 'logs:CreateLogGroup'),
    ...when(createsGroup && retentionInDays !== undefined, 'logs:PutRetentionPolicy'),
    ...when(createsGroup && tags !== undefined, 'logs:TagResource'),
  ];
}

function when(isNeeded: boolean, action: LogsAction): LogsAction[] {
  return isNeeded ? [action] : [];
}

/** The names that the log group may have, with `*` for what is known only where the application runs. */
export function groupPattern({ logGroupName, service, environment }: Config): string {
  const known: Readonly<Record<string, string | undefined>> = { service, environment };
  return logGroupName.replaceAll(/\{([^{}]*)\}/g, (_, name: string) => {
    const value = known[name];
    return value === undefined ? '*' : sanitizeGroupName(value);
  });
}
