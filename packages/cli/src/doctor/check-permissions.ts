import { Batch, classify, type FailedOutcome } from '@putlogs/core/internal';
import { findLogStream } from '../aws/log-groups.js';
import { addFailedCall } from './add-failure.js';
import type { GroupState } from './check-log-group.js';
import { command } from './findings.js';
import type { FailedCall } from './recording-client.js';
import type { Trial } from './trial.js';

/** In 1970. The service takes the request and stores nothing. */
const TOO_OLD = Batch.of([JSON.stringify({ timestamp: 1, message: 'putlogs doctor' })]);

const UNTRIED = 'not tried, since it would have an effect: putlogs doctor --send does';

/** Tries what can be tried without an effect. @returns whether nothing stands in the way */
export async function checkPermissions(trial: Trial, group: GroupState): Promise<void> {
  const { findings, names } = trial;
  const put = await tryPut(trial);
  if (put === undefined) return;
  if (group === 'unknown' && !addUndescribed(trial, put)) return;
  const { createLogStream } = trial.config;
  if (put === 'no stream' && !createLogStream) {
    const { logGroupName, logStreamName } = names;
    findings.add(
      'PL-LOG-STREAM-MISSING',
      `The log stream ${logStreamName} does not exist, and may not be created.`,
      {
        fix: command`aws logs create-log-stream --log-group-name ${logGroupName} --log-stream-name ${logStreamName}`,
      },
    );
    return;
  }
  const creation = put === 'no group' ? UNTRIED : await tryCreateStream(trial, put);
  if (creation === undefined) return;
  findings.add('PL-PERMISSIONS', 'What can be tried without an effect is allowed', {
    details: [
      'PutLogEvents: allowed (tried with an event that is too old to be stored)',
      `CreateLogStream: ${creation}`,
      `CreateLogGroup: ${put === 'no group' ? UNTRIED : 'not needed'}`,
    ],
  });
}

type PutResult = 'stored nothing' | 'no stream' | 'no group';

/** @returns undefined if it is not allowed, or fails */
async function tryPut(trial: Trial): Promise<PutResult | undefined> {
  const { client, names } = trial;
  try {
    const { rejectedEntityInfo } = await client.putLogEvents({ ...names, batch: TOO_OLD });
    if (rejectedEntityInfo !== undefined)
      addRejectedEntity(trial, rejectedEntityInfo.errorType ?? 'no reason given');
    return 'stored nothing';
  } catch (error) {
    const outcome = classify(error);
    const { kind, failure } = outcome;
    if (kind === 'missing') return missing(failure);
    const withoutEntity =
      kind === 'refused' && names.entity !== undefined ? await tryWithoutEntity(trial) : undefined;
    if (withoutEntity !== undefined) {
      addRejectedEntity(trial, failure.message);
      return withoutEntity;
    }
    addFailedCall(trial, { action: 'logs:PutLogEvents', outcome });
    return undefined;
  }
}

function missing({ message }: FailedOutcome['failure']): PutResult {
  return /log group/i.test(message) ? 'no group' : 'no stream';
}

/** @returns undefined if it fails too */
async function tryWithoutEntity({ client, names }: Trial): Promise<PutResult | undefined> {
  try {
    await client.putLogEvents({ ...names, entity: undefined, batch: TOO_OLD });
    return 'stored nothing';
  } catch (error) {
    const { kind, failure } = classify(error);
    return kind === 'missing' ? missing(failure) : undefined;
  }
}

export function addRejectedEntity({ findings }: Trial, reason: string): void {
  findings.add(
    'PL-ENTITY-REJECTED',
    `CloudWatch Logs rejects the entity (${reason}). Events arrive without it.`,
    {
      fix: command`export PUTLOGS_SERVICE=my-app PUTLOGS_ENVIRONMENT=my-environment`,
    },
  );
}

/** The log group may not be described, but the answer to PutLogEvents tells whether it exists. @returns false to stop */
function addUndescribed({ findings, config, names }: Trial, put: PutResult): boolean {
  const { logGroupName } = names;
  if (put !== 'no group') {
    const details = ['it may not be described (logs:DescribeLogGroups), which delivery does not need'];
    findings.add('PL-LOG-GROUP', logGroupName, { details });
    return true;
  }
  if (config.createLogGroup && config.createLogStream) {
    findings.add('PL-LOG-GROUP-NEW', `${logGroupName} does not exist yet: a transport creates it`);
    return true;
  }
  findings.add(
    'PL-LOG-GROUP-MISSING',
    `The log group ${logGroupName} does not exist, and may not be created.`,
    {
      fix: command`aws logs create-log-group --log-group-name ${logGroupName}`,
    },
  );
  return false;
}

/** @returns what is known of the permission; undefined if it is denied */
async function tryCreateStream(trial: Trial, put: PutResult): Promise<string | undefined> {
  const { access, client, config, names } = trial;
  const { logGroupName } = names;
  if (!config.createLogStream) return 'not needed';
  const existing =
    put === 'stored nothing' ? names.logStreamName : await findLogStream(access.logs(), logGroupName);
  if (existing === undefined) return UNTRIED;
  try {
    await client.createLogStream({ logGroupName, logStreamName: existing });
  } catch (error) {
    const failed: FailedCall = { action: 'logs:CreateLogStream', outcome: classify(error) };
    if (failed.outcome.kind === 'denied') {
      addFailedCall(trial, failed);
      return undefined;
    }
  }
  return 'allowed (tried with a log stream that exists)';
}
