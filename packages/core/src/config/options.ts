import type { EntityOption } from '../identity/entity.js';
import { isKeyValue } from '../identity/validate-entity.js';
import { isGroupTemplate } from '../routing/group-name.js';
import { isFieldPath } from '../routing/record-fields.js';
import { GROUP_PLACEHOLDERS, isTemplate, PLACEHOLDERS, RECORD_PREFIX } from '../routing/template.js';
import { certificateFileFlaw } from '../util/certificate-file.js';
import { isObject } from '../util/json.js';
import { parseProxyUrl } from '../util/proxy-url.js';
import { between, choice, custom, flag, integer, keyValues, type Option, text } from './option-types.js';

/** The keys of an IAM user, or temporary ones with their session token. */
export interface StaticCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

type Tags = Readonly<Record<string, string>>;

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

const MIB = 1024 * 1024;

/**
 * Every option: its documentation, default and check. The types, the environment variables and the tables in the
 * documentation are derived from this table. Editors show its doc comments for `Options` and `Config` too.
 */
export const OPTIONS = {
  /**
   * The log group to write to. **Required.** Placeholders: `{service}`, `{environment}`, `{instance}`,
   * `{hostname}` and `{record.field}`, as in `logStreamName`.
   */
  logGroupName: text(isGroupTemplate, {
    default: undefined,
    expected: `1 to 512 letters, digits and . - _ / #, not starting with "aws/", and braces only around ${GROUP_PLACEHOLDERS.join(', ')} and record.field`,
  }),
  /**
   * The log stream to write to. Placeholders: `{instance}` (the ECS task, pod, EC2 instance or Lambda
   * sandbox, else the host name), `{hostname}`, `{pid}`, `{service}`, `{environment}`, `{date}` (of the
   * event, in UTC), `{uuid}` and `{record.field}` (a field of the record).
   * @default {instance}/{pid}
   */
  logStreamName: text((template) => template.length >= 1 && template.length <= 512 && isTemplate(template), {
    default: '{instance}/{pid}',
    expected: `a template of 1 to 512 characters, in which braces stand only around ${PLACEHOLDERS.join(', ')} and record.field`,
  }),
  /** The AWS Region. Default: what the AWS SDK finds. */
  region: text(/^[a-z0-9-]{1,63}$/, {
    default: undefined,
    expected: 'a Region such as eu-central-1',
    standardVariables: ['AWS_REGION', 'AWS_DEFAULT_REGION'],
  }),
  /** The URL of the service, for a VPC endpoint or `@putlogs/local`. Default: what the AWS SDK finds. */
  endpoint: text((url) => URL.canParse(url) && /^https?:\/\/[^@]*$/.test(url), {
    default: undefined,
    expected: 'an http or https URL without a user name',
    convert: hrefOf,
  }),
  /**
   * The URL of the HTTP proxy for the calls of CloudWatch Logs, STS and SSO. `false` connects directly.
   * Default: `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` count, as in the AWS CLI.
   */
  proxy: custom<string | false>(isProxy, falseOrText, {
    default: undefined,
    expected: 'false, or the http or https URL of a proxy',
    convert: hrefOf,
  }),
  /**
   * A file of certificates in PEM form that alone are trusted in the calls of CloudWatch Logs, STS and
   * SSO. Default: those that Node trusts, with `NODE_EXTRA_CA_CERTS`.
   */
  caFile: text((path) => certificateFileFlaw(path) === undefined, {
    default: undefined,
    expected: 'the path of a file of certificates in PEM form',
    standardVariables: ['AWS_CA_BUNDLE'],
    flaw: certificateFileFlaw,
  }),
  /** The profile of the AWS configuration files whose credentials and Region count. Default: `AWS_PROFILE`. */
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
      'an object of accessKeyId, secretAccessKey and, for temporary credentials, sessionToken: texts without spaces',
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
  /** The name of the service in the entity. Default: detected. */
  service: text(isKeyValue, {
    default: undefined,
    expected: '1 to 512 ASCII characters',
  }),
  /**
   * The field of a record that names the record's own service in the entity. Default: all records belong
   * to `service`.
   */
  // A prefix as in a template is a mistake: it would be a field named `record`.
  serviceField: text((field) => isFieldPath(field) && !field.startsWith(RECORD_PREFIX), {
    default: undefined,
    expected: `the name of a field, or names with dots between, without the "${RECORD_PREFIX}" that logStreamName wants`,
  }),
  /**
   * The maximum number of log streams and services that records may select at once, through `{record.…}`
   * and `serviceField`, from 1 to 5000. All further records go to one overflow stream. Its name and that
   * of its log group have `/overflow` in place of each field.
   * @default 250
   */
  maxLogStreams: integer(between(1, 5000), {
    default: 250,
    // The maximum is the number of batches that may be open at once.
    expected: 'a whole number from 1 to 5000',
  }),
  /** The environment of the service in the entity, such as `ecs:prod`. Default: detected. */
  environment: text(isKeyValue, {
    default: undefined,
    expected: '1 to 512 ASCII characters',
  }),
  /**
   * The complete entity, instead of the detected one: `{ type, resourceType, identifier, name,
   * environment, attributes }`. `false` sends none.
   */
  entity: custom<EntityOption | false>(isEntityOption, falseOrText, {
    default: undefined,
    expected: 'false, or an object of type, resourceType, identifier, name, environment, attributes',
  }),
  /**
   * Create the log group if it does not exist.
   * @default true
   */
  createLogGroup: flag({
    default: true,
  }),
  /**
   * Create log streams that do not exist. With `false` the log group is not created either.
   * @default true
   */
  createLogStream: flag({
    default: true,
  }),
  /** Retention of a log group that is created, in days. Default: events never expire. */
  retentionInDays: integer((days) => RETENTION_DAYS.includes(days), {
    default: undefined,
    expected: `one of ${RETENTION_DAYS.join(', ')}`,
  }),
  /** Tags of a log group that is created: an object. As a variable: `key=value,key=value`, percent-encoded. */
  tags: custom<Tags>(isTags, keyValues, {
    default: undefined,
    expected:
      '1 to 50 tags: keys of 1 to 128 and values of up to 256 letters, digits, spaces and _ . : / = + - @',
  }),
  /** ARN of the KMS key that encrypts a log group that is created. */
  kmsKeyId: text((arn) => arn.length >= 1 && arn.length <= 256, {
    default: undefined,
    expected: 'the ARN of a KMS key, 1 to 256 characters',
  }),
  /**
   * Log class of a log group that is created: `STANDARD`, `INFREQUENT_ACCESS`, `ESSENTIALS` or `DELIVERY`.
   * `DELIVERY` is for the logs of Lambda: events are kept for one day, which a report says.
   */
  logGroupClass: choice(['STANDARD', 'INFREQUENT_ACCESS', 'ESSENTIALS', 'DELIVERY'], {
    default: undefined,
  }),
  /**
   * Protect a log group that is created from deletion.
   * @default false
   */
  deletionProtectionEnabled: flag({ default: false }),
  /**
   * The longest time that an event waits for others to share its request, in milliseconds, from 1 to
   * 3600000.
   * @default 1000
   */
  flushIntervalMs: integer(between(1, 3_600_000), {
    default: 1000,
    expected: 'a whole number from 1 to 3600000',
  }),
  /**
   * The maximum number of concurrent PutLogEvents requests, from 1 to 50.
   * @default 4
   */
  maxInFlight: integer(between(1, 50), {
    default: 4,
    // The maximum is the number of connections of the SDK's HTTP agent.
    expected: 'a whole number from 1 to 50',
  }),
  /**
   * The maximum memory for events that wait, in bytes, from 8388608 to 68719476736. Above it, the log
   * stream that holds the most loses its oldest batch.
   * @default 67108864
   */
  maxBufferBytes: integer(between(8 * MIB, 64 * 1024 * MIB), {
    default: 64 * MIB,
    // The minimum leaves room for the largest batch: 6 MiB of JSON, if all characters are control characters.
    expected: `a whole number from ${8 * MIB} (8 MiB) to ${64 * 1024 * MIB}`,
  }),
  /**
   * A directory for events that wait, so that they survive the process and take little memory. Several
   * processes may share it. Default: no spool.
   */
  spoolDirectory: text((path) => path.length >= 1 && !path.includes('\0'), {
    default: undefined,
    expected: 'the path of a folder',
  }),
  /**
   * The maximum that one process keeps in the spool, in bytes, from 8388608 to 1099511627776. Above it,
   * the oldest batch is dropped. Each batch counts as at least 8 KiB.
   * @default 536870912
   */
  spoolMaxBytes: integer(between(8 * MIB, 1024 * 1024 * MIB), {
    default: 512 * MIB,
    expected: `a whole number from ${8 * MIB} (8 MiB) to ${1024 * 1024 * MIB}`,
  }),
  /**
   * A file for events that the service rejects permanently, as NDJSON with reason, time and destination.
   * Default: none.
   */
  deadLetterFile: text((path) => path.length >= 1 && !path.includes('\0'), {
    default: undefined,
    expected: 'the path of a file',
  }),
  /**
   * The maximum size of the dead letters on disk, in bytes, from 1048576 to 1099511627776. At half of it
   * the file is renamed to `<file>.1`, which replaces the previous one.
   * @default 67108864
   */
  deadLetterMaxBytes: integer(between(MIB, 1024 * 1024 * MIB), {
    default: 64 * MIB,
    expected: `a whole number from ${MIB} (1 MiB) to ${1024 * 1024 * MIB}`,
  }),
  /**
   * The longest time without progress before a request is retried, in milliseconds, from 100 to 300000. An
   * upload that makes progress continues; the response must be complete within this time. While the
   * process shuts down, at most half of the remaining time.
   * @default 10000
   */
  requestTimeoutMs: integer(between(100, 300_000), {
    default: 10_000,
    expected: 'a whole number from 100 to 300000',
  }),
  /**
   * The longest time that the end of the process waits for delivery, in milliseconds, from 0 to 8500.
   * @default 8000
   */
  closeTimeoutMs: integer(between(0, 8500), {
    default: 8000,
    // The maximum leaves a second for the disk before thread-stream terminates the worker, after 10 seconds.
    expected: 'a whole number from 0 to 8500',
  }),
  /**
   * Write Pino's numeric level as its name: `"level":30` at the front of a line becomes `"level":"info"`.
   * Winston writes names anyway.
   * @default false
   */
  levelLabels: flag({ default: false }),
  /**
   * Compress requests with gzip.
   * @default true
   */
  gzip: flag({ default: true }),
  /**
   * Also write problems to stderr, in addition to the `'report'` event.
   * @default true
   */
  reportToStderr: flag({
    default: true,
  }),
} as const;

/** The URL of a URL object, also from another realm. */
function hrefOf(value: unknown): string | undefined {
  const isUrl = Object.prototype.toString.call(value) === '[object URL]';
  return isUrl ? String(value) : undefined;
}

/** The text of a variable whose option may also be false. */
function falseOrText(given: string): string | false {
  return given.trim() === 'false' ? false : given;
}

function isProxy(value: unknown): value is string | false {
  return value === false || (typeof value === 'string' && parseProxyUrl(value) !== undefined);
}

/** Only the members that are known, since the SDK's objects have more, of which some cannot be sent to a worker. */
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

function isEntityOption(value: unknown): value is EntityOption | false {
  return value === false || isObject(value);
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html */
function isTags(value: unknown): value is Tags {
  if (!isObject(value)) return false;
  const entries = Object.entries(value);
  const fits = ([key, tag]: [string, unknown]) =>
    /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u.test(key) &&
    typeof tag === 'string' &&
    /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u.test(tag);
  return entries.length >= 1 && entries.length <= 50 && entries.every(fits);
}

type Table = typeof OPTIONS;
export type OptionName = keyof Table;
type ValueOf<Name extends OptionName> = Table[Name] extends Option<infer T> ? T : never;

/** The options as a user gives them. Each can be set by an environment variable instead, also `logGroupName`. */
export type Options = { readonly [Name in keyof Table]?: GivenOf<Name> | undefined };

type GivenOf<Name extends OptionName> = Name extends 'endpoint' | 'proxy'
  ? ValueOf<Name> | URL
  : ValueOf<Name>;

/** All options, checked and complete. Plain data, which can be sent to a worker thread. */
export type Config = {
  readonly [Name in keyof Table]: undefined extends Table[Name]['default']
    ? ValueOf<Name> | undefined
    : ValueOf<Name>;
} & { readonly logGroupName: string };
