import { isGroupTemplate } from '../routing/group-name.js';
import { GROUP_PLACEHOLDERS, isTemplate, PLACEHOLDERS, templateFlaw } from '../routing/template.js';
import { isObject } from '../util/json.js';
import { between, choice, custom, flag, integer, keyValues, text } from './option-types.js';

type Tags = Readonly<Record<string, string>>;

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** Where events go, and what is created there. */
export const LOG_GROUP_OPTIONS = {
  /**
   * The log group to write to. **Required.** Placeholders: `{service}`, `{environment}`, `{instance}`,
   * `{hostname}` and `{record.field}`, as in `logStreamName`.
   */
  logGroupName: text(isGroupTemplate, {
    default: undefined,
    flaw: (template) => templateFlaw(template, GROUP_PLACEHOLDERS),
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
    flaw: (template) => templateFlaw(template, PLACEHOLDERS),
    expected: `a template of 1 to 512 characters, in which braces stand only around ${PLACEHOLDERS.join(', ')} and record.field`,
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
  /** Tags of a log group that is created. An object; as a variable: `key=value,key=value`, percent-encoded. */
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
   * `DELIVERY` is for the logs of Lambda: events are kept for one day, and a report says so.
   */
  logGroupClass: choice(['STANDARD', 'INFREQUENT_ACCESS', 'ESSENTIALS', 'DELIVERY'], {
    default: undefined,
  }),
  /**
   * Protect a log group that is created from deletion.
   * @default false
   */
  deletionProtectionEnabled: flag({ default: false }),
} as const;

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
