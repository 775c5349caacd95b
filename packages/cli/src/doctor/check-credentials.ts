import type { EnvironmentVariables } from '@putlogs/core';
import { classify, type FailedOutcome } from '@putlogs/core/internal';
import { redact, systemClock, withTimeout } from '@putlogs/core/main-thread';
import type { AccessConfig, AwsAccess, FoundCredentials } from '../aws/access.js';
import { asksSts } from '../aws/caller.js';
import { sourceOf } from '../aws/credential-sources.js';
import { partitionOfArn } from '../policy/arn.js';
import { trustPolicy, unknownPrincipal } from '../policy/trust.js';
import { failedSource } from './failed-source.js';
import { advice, command, type Findings, type Fix } from './findings.js';

interface CredentialsParts {
  readonly access: AwsAccess;
  readonly config: AccessConfig;
  readonly env: EnvironmentVariables;
  /** Where requests to CloudWatch Logs go. */
  readonly endpoint: URL;
}

/** As whom requests are sent, as far as that is known. */
export interface Caller {
  readonly arn: string | undefined;
  readonly account: string | undefined;
}

/** STS, a metadata service or a program may take this long. */
const PATIENCE_MS = 10_000;

/** @returns undefined if no request can be signed, or would be refused */
export async function checkCredentials(
  findings: Findings,
  parts: CredentialsParts,
): Promise<Caller | undefined> {
  const { access, config, env, endpoint } = parts;
  let found: FoundCredentials;
  try {
    found = await inTime(access.credentials());
  } catch (error) {
    addFailure(findings, parts, error);
    return undefined;
  }
  if (found.expiration !== undefined && found.expiration.getTime() <= Date.now()) {
    findings.add('PL-CREDENTIALS-EXPIRED', `The credentials expired at ${found.expiration.toISOString()}.`, {
      details: [`from ${sourceOf(found)}`],
      fix: renewal(found),
    });
    return undefined;
  }
  const details = [
    `from ${sourceOf(found, config.findCredentials === undefined ? 'the options' : 'the module')}`,
    expiry(found),
  ];
  if (!asksSts(endpoint, env)) {
    findings.add('PL-CREDENTIALS', 'Credentials were found', {
      details: [...details, 'identity not checked: the endpoint is not that of AWS'],
    });
    return { arn: undefined, account: found.accountId };
  }
  return identify(findings, access, found, details);
}

async function identify(
  findings: Findings,
  access: AwsAccess,
  found: FoundCredentials,
  details: readonly string[],
): Promise<Caller | undefined> {
  try {
    const { arn, account } = await inTime(access.callerIdentity());
    findings.add('PL-CREDENTIALS', arn, { details });
    return { arn, account };
  } catch (error) {
    const outcome = classify(error);
    if (addRefusal(findings, outcome, found)) return undefined;
    // A VPC may have an endpoint for CloudWatch Logs and none for STS, which delivery does not need.
    const { kind, failure } = outcome;
    const unknown = `the identity is not known: STS ${kind === 'denied' ? 'refuses to tell' : 'does not answer'} (${failure.name})`;
    findings.add('PL-CREDENTIALS', 'Credentials were found', { details: [...details, unknown] });
    return { arn: undefined, account: found.accountId };
  }
}

/** @throws {SlowError} */
async function inTime<T extends object>(promise: Promise<T>): Promise<T> {
  const value = await withTimeout(PATIENCE_MS, systemClock, promise);
  if (value === undefined) throw new SlowError();
  return value;
}

class SlowError extends Error {
  override readonly name = 'CredentialsTimeoutError';
  constructor() {
    super(`no answer within ${PATIENCE_MS / 1000} s`);
  }
}

function expiry({ expiration }: FoundCredentials): string {
  return expiration === undefined ? 'they do not expire' : `they expire at ${expiration.toISOString()}`;
}

/** The look-up failed. */
function addFailure(findings: Findings, { access, config, env }: CredentialsParts, error: unknown): void {
  const outcome = classify(error);
  if (addRefusal(findings, outcome)) return;
  const { kind, failure } = outcome;
  const message = redact(failure.message);
  const failed = failedSource(config, env, access.reasons, error);
  if (failed !== undefined && failure.name !== 'CredentialsTimeoutError' && !isFromSts(error))
    findings.add('PL-CREDENTIALS-MISSING', failed.message, {
      details: [failed.reason ?? message],
      fix: failed.fix,
    });
  else if (failure.name === 'CredentialsTimeoutError' || kind === 'unavailable')
    findings.add('PL-CREDENTIALS-SLOW', 'The source of the credentials does not respond.', {
      details: [message],
      fix: command`aws sts get-caller-identity`,
    });
  else if (config.roleArn !== undefined && isFromSts(error))
    findings.add('PL-ROLE-REFUSED', `STS does not give the credentials of ${config.roleArn}.`, {
      details: [message],
      fix: {
        kind: 'policy',
        document: trustPolicy(unknownPrincipal(partitionOfArn(config.roleArn)), config.externalId),
      },
    });
  else
    findings.add('PL-CREDENTIALS-MISSING', 'No AWS credentials were found.', {
      details: [message],
      fix: loginFix(message, config.profile),
    });
}

function isFromSts(error: unknown): boolean {
  return typeof error === 'object' && error !== null && '$metadata' in error;
}

function loginFix(message: string, profile: string | undefined): Fix {
  if (/\bsso\b|login/i.test(message))
    return profile === undefined ? command`aws sso login` : command`aws sso login --profile ${profile}`;
  return command`export AWS_ACCESS_KEY_ID=… AWS_SECRET_ACCESS_KEY=…`;
}

/** Adds a finding if these credentials are refused, by whichever service. @returns whether they are */
export function addRefusal(
  findings: Findings,
  { kind, failure }: FailedOutcome,
  found?: FoundCredentials,
): boolean {
  if (kind !== 'denied') return false;
  const isAdded = addRefused(findings, failure, found);
  // They were found, but are of no use.
  if (isAdded) findings.withdraw('PL-CREDENTIALS');
  return isAdded;
}

function addRefused(
  findings: Findings,
  failure: FailedOutcome['failure'],
  found: FoundCredentials | undefined,
): boolean {
  const details = [
    `${failure.name}: ${redact(failure.message)}`,
    ...(found === undefined ? [] : [`from ${sourceOf(found)}`]),
  ];
  switch (failure.name) {
    case 'UnrecognizedClientException':
    case 'InvalidClientTokenId':
      findings.add('PL-CREDENTIALS-WRONG', 'AWS does not know the access key.', {
        details,
        fix: newKey(found),
      });
      return true;
    case 'InvalidSignatureException':
    case 'SignatureDoesNotMatch':
    case 'IncompleteSignatureException':
      findings.add('PL-CREDENTIALS-WRONG', 'The secret access key is wrong.', {
        details,
        fix: command`export AWS_SECRET_ACCESS_KEY=…`,
      });
      return true;
    case 'ExpiredTokenException':
    case 'ExpiredToken':
    case 'RequestExpired':
      findings.add('PL-CREDENTIALS-EXPIRED', 'The session token has expired.', {
        details,
        fix: renewal(found),
      });
      return true;
    default:
      return false;
  }
}

function newKey(found: FoundCredentials | undefined): Fix {
  return found !== undefined && sourceOf(found).includes('environment')
    ? command`export AWS_ACCESS_KEY_ID=… AWS_SECRET_ACCESS_KEY=…`
    : advice(
        'Create a new access key (aws iam create-access-key), and give it to the source of the credentials.',
      );
}

function renewal(found: FoundCredentials | undefined): Fix {
  return found !== undefined && sourceOf(found).includes('environment')
    ? command`unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN`
    : advice('Get new credentials from their source.');
}
