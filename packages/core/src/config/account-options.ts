import { isObject } from '../util/json.js';
import type { StaticCredentials } from '../util/static-credentials.js';
import { custom, text } from './option-types.js';

/** The identity that sends events. */
export const ACCOUNT_OPTIONS = {
  /** The profile of the AWS configuration files to take credentials and Region from. Default: `AWS_PROFILE`. */
  profile: text(/^[^\s[\]][^\n\r[\]]{0,255}$/, {
    default: undefined,
    expected: 'the name of a profile',
  }),
  /**
   * The credentials: `{ accessKeyId, secretAccessKey, sessionToken }`. They are never renewed. Default: what
   * the AWS SDK finds. There is no variable: use `AWS_ACCESS_KEY_ID` and so on.
   */
  credentials: custom<StaticCredentials>(isStaticCredentials, (given) => given, {
    default: undefined,
    expected:
      'an object of the texts accessKeyId, secretAccessKey and, for temporary credentials, sessionToken, without spaces',
    fields: ['accessKeyId', 'secretAccessKey', 'sessionToken'],
    convert: staticCredentials,
    isSecret: true,
  }),
  /**
   * The ARN of a role to assume with the credentials that are given or found. It is assumed again before
   * its credentials expire.
   */
  roleArn: text(/^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,576}$/, {
    default: undefined,
    expected: 'the ARN of a role, such as arn:aws:iam::123456789012:role/logs',
  }),
  /** The name of the session of `roleArn`, which CloudTrail shows. Default: `putlogs`. */
  roleSessionName: text(/^[\w+=,.@-]{2,64}$/, {
    default: undefined,
    expected: '2 to 64 letters, digits and _ + = , . @ -',
  }),
  /** The external id that the trust policy of `roleArn` asks for. */
  externalId: text(/^[\w+=,.@:/-]{2,1224}$/, {
    default: undefined,
    expected: '2 to 1224 letters, digits and _ + = , . @ : / -',
  }),
} as const;

/** A copy of own fields, which can be sent to a worker, whatever the class of the object. */
function staticCredentials(value: unknown): StaticCredentials | undefined {
  if (!isStaticCredentials(value)) return undefined;
  const { accessKeyId, secretAccessKey, sessionToken } = value;
  return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
}

function isStaticCredentials(value: unknown): value is StaticCredentials {
  if (!isObject(value)) return false;
  const { accessKeyId, secretAccessKey, sessionToken } = value as Readonly<Record<string, unknown>>;
  return [accessKeyId, secretAccessKey, sessionToken ?? 'none'].every(
    (part) => typeof part === 'string' && /^[!-~]+$/.test(part),
  );
}
