import type { EntityOption } from '../identity/entity.js';
import { isKeyValue } from '../identity/validate-entity.js';
import { isField } from '../routing/record-fields.js';
import { isTemplate, OF_RECORD, PLACEHOLDERS } from '../routing/template.js';
import { isObject } from '../util/json.js';
import { between, choice, custom, flag, integer, keyValues, type Option, text } from './option-types.js';

type Tags = Readonly<Record<string, string>>;

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

const MIB = 1024 * 1024;

/**
 * Every option: its default, its check, its line in the documentation. The types, the environment variables and
 * the tables of the documentation come from here.
 */
export const OPTIONS = {
  /** The log group to write to. Required. */
  logGroupName: text((name) => /^[.\-_/#A-Za-z0-9]{1,512}$/.test(name) && !/^aws\//i.test(name), {
    default: undefined,
    expected: '1 to 512 letters, digits and . - _ / #, not starting with "aws/"',
    description: 'The log group to write to. **Required.**',
  }),
  /** The log stream to write to; a template. */
  logStreamName: text((template) => template.length >= 1 && template.length <= 512 && isTemplate(template), {
    default: '{instance}/{pid}',
    expected: `a template of 1 to 512 characters, in which braces stand only around ${PLACEHOLDERS.join(', ')} and record.field`,
    description:
      'The log stream to write to. Placeholders: `{instance}` (the ECS task, pod, EC2 instance or Lambda sandbox, else the host name), `{hostname}`, `{pid}`, `{service}`, `{environment}`, `{date}` (of the event, in UTC), `{uuid}` and `{record.field}` (a field of the record).',
  }),
  /** The AWS Region. */
  region: text(/^[a-z0-9-]{1,63}$/, {
    default: undefined,
    expected: 'a Region such as eu-central-1',
    description: 'The AWS Region. Default: what the AWS SDK finds.',
    standardVariables: ['AWS_REGION', 'AWS_DEFAULT_REGION'],
  }),
  /** The URL of the service, where it is not the one that the AWS SDK finds. */
  endpoint: text((url) => URL.canParse(url) && /^https?:\/\/[^@]*$/.test(url), {
    default: undefined,
    expected: 'an http or https URL without a user name',
    convert: hrefOf,
    description:
      'The URL of the service, for a VPC endpoint or `@putlogs/local`. Default: what the AWS SDK finds.',
  }),
  /** The service's name, for the entity. */
  service: text(isKeyValue, {
    default: undefined,
    expected: '1 to 512 characters of ASCII',
    description: 'The name of the service in the entity. Default: detected.',
  }),
  /** The field of a record that names its service, for the entity. */
  // With the prefix of a template it would be looked for in a field called `record`, and never be found.
  serviceField: text((field) => isField(field) && !field.startsWith(OF_RECORD), {
    default: undefined,
    expected: `the name of a field, or names with dots between, without the "${OF_RECORD}" that logStreamName wants`,
    description:
      "The field of a record that names the record's own service in the entity. Default: all records belong to `service`.",
  }),
  /** How many log streams and services the records may name at once. */
  maxLogStreams: integer(between(1, 5000), {
    default: 250,
    // So many batches may be open at once.
    expected: 'a whole number from 1 to 5000',
    description:
      'The maximum number of log streams and services that records may select at once, through `{record.…}` and `serviceField`. All further records go to one overflow stream, whose name has `/overflow` in place of each field.',
  }),
  /** The service's environment, for the entity. */
  environment: text(isKeyValue, {
    default: undefined,
    expected: '1 to 512 characters of ASCII',
    description: 'The environment of the service in the entity, such as `ecs:prod`. Default: detected.',
  }),
  /** The whole entity instead of the derived one; `false` sends none. */
  entity: custom<EntityOption | false>(
    isEntityOption,
    (given) => (given.trim() === 'false' ? false : given),
    {
      default: undefined,
      expected: 'false, or an object of type, resourceType, identifier, name, environment, attributes',
      description:
        'The complete entity, instead of the detected one: `{ type, resourceType, identifier, name, environment, attributes }`. `false` sends none.',
    },
  ),
  /** Whether to create the log group when it does not exist. */
  createLogGroup: flag({
    default: true,
    description: 'Create the log group if it does not exist. Log streams are always created.',
  }),
  /** Retention of a log group that is created. */
  retentionInDays: integer((days) => RETENTION_DAYS.includes(days), {
    default: undefined,
    expected: `one of ${RETENTION_DAYS.join(', ')}`,
    description: 'Retention of a log group that is created, in days. Default: events never expire.',
  }),
  /** Tags of a log group that is created. */
  tags: custom<Tags>(isTags, keyValues, {
    default: undefined,
    expected:
      '1 to 50 tags: keys of 1 to 128 and values of up to 256 letters, digits, spaces and _ . : / = + - @',
    description:
      'Tags of a log group that is created: an object. As a variable: `key=value,key=value`, percent-encoded.',
  }),
  /** ARN of the KMS key of a log group that is created. */
  kmsKeyId: text((arn) => arn.length >= 1 && arn.length <= 256, {
    default: undefined,
    expected: 'the ARN of a KMS key, 1 to 256 characters',
    description: 'ARN of the KMS key that encrypts a log group that is created.',
  }),
  /** Class of a log group that is created. */
  logGroupClass: choice(['STANDARD', 'INFREQUENT_ACCESS', 'ESSENTIALS', 'DELIVERY'], {
    default: undefined,
    description:
      'Log class of a log group that is created: `STANDARD`, `INFREQUENT_ACCESS`, `ESSENTIALS` or `DELIVERY`.',
  }),
  /** The longest that an event waits for others, in milliseconds. */
  flushIntervalMs: integer(between(1, 3_600_000), {
    default: 1000,
    expected: 'a whole number from 1 to 3600000',
    description: 'The longest time that an event waits for others to share its request, in milliseconds.',
  }),
  /** How many requests may be under way at once. */
  maxInFlight: integer(between(1, 50), {
    default: 4,
    // The SDK's HTTP agent opens 50 connections.
    expected: 'a whole number from 1 to 50',
    description: 'The maximum number of concurrent PutLogEvents requests.',
  }),
  /** Bound of the memory that waiting events take, in bytes. */
  maxBufferBytes: integer(between(8 * MIB, 64 * 1024 * MIB), {
    default: 64 * MIB,
    // One batch of nothing but control characters takes 6 MiB of JSON.
    expected: `a whole number from ${8 * MIB} (8 MiB) to ${64 * 1024 * MIB}`,
    description:
      'The maximum memory for events that wait, in bytes. Above it, the log stream that holds the most loses its oldest batch.',
  }),
  /** A folder for what waits, so that it outlives the process. */
  spoolDirectory: text((path) => path.length >= 1 && !path.includes('\0'), {
    default: undefined,
    expected: 'the path of a folder',
    description:
      'A directory for events that wait, so that they survive the process and take little memory. Several processes may share it. Default: no spool.',
  }),
  /** Bound of what one process keeps in the spool, in bytes. */
  spoolMaxBytes: integer(between(8 * MIB, 1024 * 1024 * MIB), {
    default: 512 * MIB,
    expected: `a whole number from ${8 * MIB} (8 MiB) to ${1024 * 1024 * MIB}`,
    description:
      'The maximum that one process keeps in the spool, in bytes. Above it, the oldest batch is dropped. Each batch counts as at least 8 KiB.',
  }),
  /** A file for the events that the service refuses. */
  deadLetterFile: text((path) => path.length >= 1 && !path.includes('\0'), {
    default: undefined,
    expected: 'the path of a file',
    description:
      'A file for events that the service rejects permanently, as NDJSON with reason, time and destination. Default: none.',
  }),
  /** Bound of the dead letters on disk, in bytes. */
  deadLetterMaxBytes: integer(between(MIB, 1024 * 1024 * MIB), {
    default: 64 * MIB,
    expected: `a whole number from ${MIB} (1 MiB) to ${1024 * 1024 * MIB}`,
    description:
      'The maximum size of the dead letters on disk, in bytes. At half of it the file is renamed to `<file>.1`, which replaces the previous one.',
  }),
  /** The longest that a request may be silent, in milliseconds. */
  requestTimeoutMs: integer(between(100, 300_000), {
    default: 10_000,
    expected: 'a whole number from 100 to 300000',
    description:
      'The longest time without progress before a request is retried, in milliseconds. An upload that makes progress continues; the response must be complete within this time. While the process shuts down, at most half of the remaining time.',
  }),
  /** The longest that the end of the process waits for delivery, in milliseconds. */
  closeTimeoutMs: integer(between(0, 8500), {
    default: 8000,
    // thread-stream ends the worker after 10 seconds, and the disk may take one after this.
    expected: 'a whole number from 0 to 8500',
    description: 'The longest time that the end of the process waits for delivery, in milliseconds.',
  }),
  /** Whether to compress requests. */
  gzip: flag({ default: true, description: 'Compress requests with gzip.' }),
  /** Whether problems are written to stderr too. */
  reportToStderr: flag({
    default: true,
    description: "Also write problems to stderr, in addition to the `'report'` event.",
  }),
} as const;

/** Of a URL object, also of another realm. */
function hrefOf(value: unknown): string | undefined {
  const isUrl = Object.prototype.toString.call(value) === '[object URL]';
  return isUrl ? String(value) : undefined;
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

/** What a user may give. `logGroupName` may come from the environment instead. */
export type Options = { readonly [Name in keyof Table]?: GivenOf<Name> | undefined };

type GivenOf<Name extends OptionName> = Name extends 'endpoint' ? string | URL : ValueOf<Name>;

/** Every option decided and checked. Plain data: it can be sent to a worker thread. */
export type Config = {
  readonly [Name in keyof Table]: undefined extends Table[Name]['default']
    ? ValueOf<Name> | undefined
    : ValueOf<Name>;
} & { readonly logGroupName: string };
