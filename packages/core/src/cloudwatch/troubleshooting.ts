import type { FailedOutcome, Failure } from '../contracts/outcome.js';

/** Where the endpoint comes from, if not from the Region. */
const ENDPOINT =
  'the endpoint (option endpoint, PUTLOGS_ENDPOINT, AWS_ENDPOINT_URL_CLOUDWATCH_LOGS or AWS_ENDPOINT_URL)';

/** What a failure means for the events that wait, and what the user can do. */
export function explain({ kind, failure }: FailedOutcome, logGroupName: string): string {
  const cause = `${failure.name}: ${failure.message}`;
  switch (kind) {
    case 'denied':
      return `${credentialsHint(failure, logGroupName)} Events wait and are sent once this is fixed. (${cause})`;
    case 'skewed':
      return `The service refuses the signature because the clock of this host is wrong. Set the clock. Events wait and are sent again, signed by the service's clock. (${cause})`;
    case 'missing':
      return `Log group ${logGroupName} or its log stream does not exist and was not created. Create it, or allow logs:CreateLogGroup and logs:CreateLogStream and set createLogGroup and createLogStream. Events wait. (${cause})`;
    case 'throttled':
      if (failure.name === 'CredentialsThrottledError')
        return `AWS throttles the look-up of the credentials (STS or SSO), not CloudWatch Logs. Events wait. This passes if many processes have just started. If it lasts, give the process a role of its own instead of the option roleArn or a profile that assumes one. (${cause})`;
      return `CloudWatch Logs throttles the requests of this account. Events wait. This passes if many processes have just started. If it lasts, raise flushIntervalMs or the quota of PutLogEvents. (${cause})`;
    case 'unavailable':
    case 'timeout':
      if (failure.name === 'ProxyError')
        return `CloudWatch Logs cannot be reached through the proxy: check the option proxy, or HTTPS_PROXY, HTTP_PROXY and NO_PROXY. Events wait and are sent once it lets them through. (${cause})`;
      if (failure.name === 'CertificateError')
        return `${failure.message} Events wait and are sent once it is trusted.`;
      if (failure.name === 'CredentialsUnreachableError')
        return `${failure.message} Events wait and are sent once it responds.`;
      if (failure.name === 'ENOTFOUND')
        return `CloudWatch Logs cannot be reached, because no host has its name: check the Region (option region, PUTLOGS_REGION or AWS_REGION), ${ENDPOINT}, and the DNS of this host. Events wait and are sent once it is found. (${cause})`;
      if (failure.name === 'ECONNREFUSED')
        return `CloudWatch Logs cannot be reached, because connections to it are refused: check ${ENDPOINT}, and what filters the traffic of this host. Events wait and are sent once they are accepted. (${cause})`;
      return `CloudWatch Logs cannot be reached or does not take events. Events wait and are sent once it does. (${cause})`;
    case 'refused':
      return `CloudWatch Logs refuses everything that is sent to log group ${logGroupName}, even single events. A few of these were rejected. The others wait; one batch is tried after each pause. (${cause})`;
  }
}

function credentialsHint({ name }: Failure, logGroupName: string): string {
  switch (name) {
    case 'RegionMissing':
      return 'No AWS Region: set the option region, PUTLOGS_REGION or AWS_REGION. An empty variable counts as unset.';
    case 'RegionInvalid':
      return 'The AWS Region is not a valid name: check AWS_REGION and the region of the AWS profile.';
    case 'CredentialsProviderError':
    case 'TokenProviderError':
      return 'No AWS credentials: give the process a role, a profile that exists (option profile or AWS_PROFILE), AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the option credentials.';
    case 'CredentialsRefusedError':
      return 'AWS does not give the credentials of the role (option roleArn, or that of the profile or of the pod). Its trust policy must allow the credentials that ask for it, with the same externalId, and these need sts:AssumeRole.';
    case 'ModuleCredentialsError':
      return 'The function credentials of the module (option module) gives no credentials. It has to return { accessKeyId, secretAccessKey, sessionToken, expiration }, the last as a Date, or a promise of them. It is called again.';
    case 'CredentialsTimeoutError':
      return 'The source of the AWS credentials (STS, a credential_process, the endpoint of the container or the module) does not respond. It is asked again.';
    case 'AccessDeniedException':
    case 'AccessDenied':
      return `Access denied: the credentials need logs:PutLogEvents and logs:CreateLogStream (and logs:CreateLogGroup, logs:PutRetentionPolicy, logs:TagResource to create the group) on log group ${logGroupName}. In a policy, its ARN ends in :* (except for logs:TagResource).`;
    case 'InvalidSignatureException':
    case 'SignatureDoesNotMatch':
    case 'RequestExpired':
      return 'The service refuses the signature: check the secret access key.';
    default:
      return 'CloudWatch Logs refuses the AWS credentials: check that they are right and have not expired.';
  }
}
