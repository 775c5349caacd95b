import type { Failure, TransientOutcome } from '../contracts/outcome.js';
import { isSkewed } from './classify.js';

/** What a person can do about batches that wait. */
export function troubleshooting({ kind, failure }: TransientOutcome, logGroupName: string): string {
  const said = `${failure.name}: ${failure.message}`;
  switch (kind) {
    case 'denied':
      if (isSkewed(failure))
        return `The service takes the clock of this host for wrong. Set the clock. Events wait, and are sent again by the service's clock. (${said})`;
      return `${fix(failure, logGroupName)} Events wait, and are sent when this is mended. (${said})`;
    case 'missing':
      return `Log group ${logGroupName} or its log stream does not exist and could not be created. Create it, or allow logs:CreateLogGroup and logs:CreateLogStream and set createLogGroup. Events wait. (${said})`;
    case 'throttled':
      return `CloudWatch Logs takes fewer requests than this account sends. Events wait. It passes where many processes have just started; else raise flushIntervalMs or the quota of PutLogEvents. (${said})`;
    case 'unavailable':
    case 'timeout':
      return `CloudWatch Logs cannot be reached, or does not take events. They wait, and are sent when it does. (${said})`;
  }
}

/** The same where everything is refused that is sent. */
export function troubleshootingRefusals({ name, message }: Failure, logGroupName: string): string {
  return `CloudWatch Logs refuses all that is sent to log group ${logGroupName}, also events that stand alone: a few of these were given up. The others wait; one batch is tried after each pause. (${name}: ${message})`;
}

function fix({ name }: Failure, logGroupName: string): string {
  switch (name) {
    case 'RegionMissing':
      return 'No AWS Region: set the option region, PUTLOGS_REGION or AWS_REGION. A variable that is set but empty names none.';
    case 'RegionInvalid':
      return 'The AWS Region is not a valid name: check AWS_REGION and the region of the AWS profile.';
    case 'CredentialsProviderError':
    case 'TokenProviderError':
      return 'No AWS credentials: give the process a role, AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.';
    case 'CredentialsTimeoutError':
      return 'The source of the AWS credentials (STS, a credential_process, the endpoint of the container) does not answer. It is asked again.';
    case 'AccessDeniedException':
    case 'AccessDenied':
      return `Not allowed: the credentials need logs:PutLogEvents and logs:CreateLogStream (and logs:CreateLogGroup, logs:PutRetentionPolicy, logs:TagResource to create the group) on log group ${logGroupName}.`;
    case 'InvalidSignatureException':
    case 'SignatureDoesNotMatch':
    case 'RequestExpired':
      return 'The signature is refused: check the secret access key.';
    default:
      return 'CloudWatch Logs refuses the AWS credentials: check that they are right and have not expired.';
  }
}
