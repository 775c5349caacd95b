import type { LogGroup } from '@aws-sdk/client-cloudwatch-logs';
import { classify } from '@putlogs/core/internal';
import { findInOtherRegions, findLogGroup } from '../aws/log-groups.js';
import { safe } from '../terminal/output.js';
import { addFailedCall } from './add-failure.js';
import { command } from './findings.js';
import type { Trial } from './trial.js';

/** Whether the log group exists. */
export type GroupState = 'exists' | 'missing' | 'unknown';

/** @returns undefined if delivery would fail */
export async function checkLogGroup(trial: Trial): Promise<GroupState | undefined> {
  const { findings, access, names } = trial;
  try {
    const group = await findLogGroup(access.logs({ maxAttempts: 2 }), names.logGroupName);
    if (group === undefined) return await addMissing(trial);
    findings.add('PL-LOG-GROUP', names.logGroupName, { details: detailsOf(group) });
    addRetention(trial, group);
    return 'exists';
  } catch (error) {
    const outcome = classify(error);
    // Delivery does not need this permission.
    if (outcome.kind === 'denied' && outcome.failure.name.startsWith('AccessDenied')) return 'unknown';
    addFailedCall(trial, { action: 'logs:PutLogEvents', outcome });
    return undefined;
  }
}

function detailsOf(group: LogGroup): string[] {
  const {
    logGroupClass = 'STANDARD',
    retentionInDays,
    kmsKeyId,
    deletionProtectionEnabled,
    arn = '',
  } = group;
  return [
    `class ${logGroupClass}`,
    expiry(retentionInDays),
    kmsKeyId === undefined ? 'no key of its own' : `encrypted with ${safe(kmsKeyId)}`,
    ...(deletionProtectionEnabled ? ['protected from deletion'] : []),
    ...(arn === '' ? [] : [safe(arn)]),
  ];
}

function expiry(days: number | undefined): string {
  return days === undefined ? 'events never expire' : `events expire after ${days} days`;
}

/** A transport leaves the retention of a log group that exists alone. */
function addRetention({ findings, config, names }: Trial, { retentionInDays: actual }: LogGroup): void {
  const { retentionInDays: wanted } = config;
  if (wanted === undefined || wanted === actual) return;
  findings.add(
    'PL-RETENTION-DIFFERS',
    `retentionInDays is ${wanted}, but in ${names.logGroupName} ${expiry(actual)}.`,
    {
      details: ['retentionInDays applies to log groups that a transport creates'],
      fix: command`aws logs put-retention-policy --log-group-name ${names.logGroupName} --retention-in-days ${wanted}`,
    },
  );
}

async function addMissing({
  findings,
  access,
  config,
  names,
  region,
}: Trial): Promise<GroupState | undefined> {
  const { logGroupName } = names;
  const others = await findInOtherRegions(access, logGroupName, region);
  const isCreated = config.createLogGroup && config.createLogStream;
  const [other] = others;
  const there = other === undefined ? [] : [`it exists in ${others.join(', ')}`];
  if (!isCreated) {
    findings.add(
      'PL-LOG-GROUP-MISSING',
      `The log group ${logGroupName} does not exist in ${region}, and may not be created.`,
      {
        details: there,
        fix:
          other === undefined
            ? command`aws logs create-log-group --log-group-name ${logGroupName}`
            : command`export AWS_REGION=${other}`,
      },
    );
    return undefined;
  }
  if (other === undefined)
    findings.add('PL-LOG-GROUP-NEW', `${logGroupName} does not exist yet: a transport creates it`);
  else
    findings.add(
      'PL-LOG-GROUP-ELSEWHERE',
      `The log group ${logGroupName} is not in ${region}, but in ${others.join(', ')}.`,
      {
        details: [`a transport would create another one in ${region}`],
        fix: command`export AWS_REGION=${other}`,
      },
    );
  return 'missing';
}
