// Written by scripts/flag-descriptions.js from the comments of the options.
import type { OptionName } from '@putlogs/core/main-thread';

export const DESCRIPTIONS: Readonly<Record<OptionName, string>> = {
  profile:
    'The profile of the AWS configuration files to take credentials and Region from. Default: AWS_PROFILE.',
  credentials:
    'The credentials: { accessKeyId, secretAccessKey, sessionToken }. They are never renewed. Default: what the AWS SDK finds. There is no variable: use AWS_ACCESS_KEY_ID and so on.',
  roleArn:
    'The ARN of a role to assume with the credentials that are given or found. It is assumed again before its credentials expire.',
  roleSessionName: 'The name of the session of roleArn, which CloudTrail shows. Default: putlogs.',
  externalId: 'The external id that the trust policy of roleArn asks for.',
  flushIntervalMs:
    'The longest time that an event waits for others to share its request, in milliseconds, from 1 to 3600000.',
  maxInFlight: 'The maximum number of concurrent PutLogEvents requests, from 1 to 50.',
  maxBufferBytes:
    'The maximum memory for events that wait, in bytes, from 8388608 to 68719476736. Above it, the log stream that holds the most loses its oldest batch.',
  maxBytesPerSecond:
    'The maximum rate of log data, in bytes per second, from 1024 to 1073741824, counted as the service bills it: messages, plus 26 bytes for each event. What exceeds it, after a burst of ten seconds, is dropped, lower levels first. Default: none.',
  requestTimeoutMs:
    'The longest time without progress before a request is retried, in milliseconds, from 100 to 300000. An upload that makes progress continues; the response must be complete within this time. While the process shuts down, at most half of the remaining time.',
  closeTimeoutMs:
    'The longest time that the end of the process waits for delivery, in milliseconds, from 0 to 8500.',
  fallback:
    'Where an event that would be dropped is written instead, as a line of its own: stdout or stderr. Default: nowhere.',
  gzip: 'Compress requests with gzip.',
  spoolDirectory:
    'A directory for events that wait, so that they survive the process and take little memory. Several processes may share it. Default: no spool.',
  spoolMaxBytes:
    'The maximum that one process keeps in the spool, in bytes, from 8388608 to 1099511627776. Above it, the oldest batch is dropped. Each batch counts as at least 8 KiB.',
  deadLetterFile:
    'A file for events that the service rejects permanently, as NDJSON with reason, time and destination. Default: none.',
  deadLetterMaxBytes:
    'The maximum size of the dead letters on disk, in bytes, from 1048576 to 1099511627776. At half of it the file is renamed to <file>.1, which replaces the previous one.',
  service: 'The name of the service in the entity. Default: detected.',
  environment: 'The environment of the service in the entity, such as ecs:prod. Default: detected.',
  serviceField:
    "The field of a record that names the record's own service in the entity. Default: all records belong to service.",
  entity:
    'The complete entity, instead of the detected one: { type, resourceType, identifier, name, environment, attributes }. false sends none.',
  logGroupName:
    'The log group to write to. Placeholders: {service}, {environment}, {instance}, {hostname} and {record.field}, as in logStreamName.',
  logStreamName:
    'The log stream to write to. Placeholders: {instance} (the ECS task, pod, EC2 instance or Lambda sandbox, else the host name), {hostname}, {pid}, {service}, {environment}, {date} (of the event, in UTC), {uuid} and {record.field} (a field of the record).',
  maxLogStreams:
    'The maximum number of log streams and services that records may select at once, through {record.…} and serviceField, from 1 to 5000. All further records go to one overflow stream. Its name and that of its log group have /overflow in place of each field.',
  createLogGroup: 'Create the log group if it does not exist.',
  createLogStream: 'Create log streams that do not exist. With false the log group is not created either.',
  retentionInDays: 'Retention of a log group that is created, in days. Default: events never expire.',
  tags: 'Tags of a log group that is created. An object; as a variable: key=value,key=value, percent-encoded.',
  kmsKeyId: 'ARN of the KMS key that encrypts a log group that is created.',
  logGroupClass:
    'Log class of a log group that is created: STANDARD, INFREQUENT_ACCESS, ESSENTIALS or DELIVERY. DELIVERY is for the logs of Lambda: events are kept for one day, and a report says so.',
  deletionProtectionEnabled: 'Protect a log group that is created from deletion.',
  region: 'The AWS Region. Default: what the AWS SDK finds.',
  endpoint: 'The URL of the service, for a VPC endpoint or @putlogs/local. Default: what the AWS SDK finds.',
  proxy:
    'The URL of the HTTP proxy for requests to CloudWatch Logs, STS and SSO. false connects directly. Default: HTTPS_PROXY, HTTP_PROXY and NO_PROXY, as in the AWS CLI.',
  caFile:
    'A file of PEM certificates. Requests to CloudWatch Logs, STS and SSO trust only these. Default: those that Node trusts, with NODE_EXTRA_CA_CERTS.',
  levelLabels:
    'Write Pino\'s numeric level as its name: "level":30 at the front of a line becomes "level":"info". Winston writes names anyway.',
  maxRecordBytes:
    'The longest record, in bytes, from 1024 to 68719476736. A longer one is cut, and the end of its text says how many bytes are missing. Default: what fits into half of maxBufferBytes, which always applies too.',
  module:
    'A file of functions that run where records are processed: its path, relative to the main script, its URL, or the name of a package. docs/module.md says what it may export. Default: none.',
  reportToStderr: "Also write problems to stderr, in addition to the 'report' event.",
};
