import type { Config, EnvironmentVariables } from '@putlogs/core';
import { errorCode, redact } from '@putlogs/core/main-thread';
import { advice, command, type Fix } from './findings.js';

/** A source of credentials that was asked for, and gave none. */
export interface FailedSource {
  readonly message: string;
  /** In the words of the SDK, if it gave one. */
  readonly reason?: string;
  readonly fix: Fix;
}

/** What the SDK says of sources that nobody has asked for. */
const UNASKED =
  /^(?:AWS_PROFILE is set|Skipping SSO|Could not load credentials from any|EC2 Instance Metadata|Web identity configuration not set|Unable to find environment variable|Could not resolve credentials using profile: \[default\]|Profile default )/;

/**
 * Finds out which source of credentials the surroundings ask for.
 * @param reasons of the SDK for each source that gave none
 * @returns undefined if they ask for none
 */
export function failedSource(
  { profile: own, findCredentials }: Config & { readonly findCredentials?: unknown },
  env: EnvironmentVariables,
  reasons: readonly string[],
  error: unknown,
): FailedSource | undefined {
  if (findCredentials !== undefined) return undefined;
  const [first] = reasons.filter((text) => !UNASKED.test(text)).map(redact);
  const reason = first === undefined ? {} : { reason: first };
  const profile = own ?? env.AWS_PROFILE;
  if (profile) return { ...reason, ...ofProfile(profile, own === undefined, env, first ?? '') };
  if (!env.AWS_ACCESS_KEY_ID !== !env.AWS_SECRET_ACCESS_KEY) return ofHalfAKey(env);
  if (errorCode(error) === 'ENOENT' && env.AWS_WEB_IDENTITY_TOKEN_FILE)
    return {
      message: `The file of AWS_WEB_IDENTITY_TOKEN_FILE does not exist: ${redact(env.AWS_WEB_IDENTITY_TOKEN_FILE)}.`,
      fix: command`unset AWS_WEB_IDENTITY_TOKEN_FILE`,
    };
  const variable = CONTAINER.find((name) => env[name]);
  if (variable === undefined) return undefined;
  return {
    ...reason,
    message: `The endpoint of the container (${variable}) gives no credentials.`,
    fix: advice(`Correct ${variable}, or unset it.`),
  };
}

const CONTAINER = ['AWS_CONTAINER_CREDENTIALS_FULL_URI', 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'];

function ofProfile(name: string, isOfSdk: boolean, env: EnvironmentVariables, reason: string): FailedSource {
  const message = `The AWS profile ${redact(name)} gives no credentials.`;
  if (/\bsso\b|login/i.test(reason)) return { message, fix: command`aws sso login --profile ${name}` };
  if (isOfSdk && env.AWS_ACCESS_KEY_ID) return { message, fix: command`unset AWS_PROFILE` };
  return {
    message,
    fix: reason.includes('using profile: [')
      ? command`aws configure --profile ${name}`
      : advice(`Correct the profile ${name}: aws sts get-caller-identity --profile ${name} tries it.`),
  };
}

function ofHalfAKey(env: EnvironmentVariables): FailedSource {
  const [set, missing] = env.AWS_ACCESS_KEY_ID
    ? ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']
    : ['AWS_SECRET_ACCESS_KEY', 'AWS_ACCESS_KEY_ID'];
  return { message: `${set} is set without ${missing}.`, fix: command`export ${missing}=…` };
}
