/**
 * The service's limits and words, each with its source.
 * Model: the Smithy model of com.amazonaws.cloudwatchlogs. PutLogEvents, CreateLogGroup and so on: the pages of
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/.
 */

/** Constraints of a string. Lengths are UTF-16 units; `pattern` is the model's, and must match the whole string. */
export interface TextRule {
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly oneOf?: readonly string[];
}

/** Constraints of a number. */
export interface NumberRule {
  readonly min?: number;
  readonly max?: number;
  readonly oneOf?: readonly number[];
}

/** Constraints of a map of strings. `min` and `max` count its entries. */
export interface MapRule {
  readonly min: number;
  readonly max: number;
  readonly key: TextRule;
  readonly value: TextRule;
}

// Model: LogGroupName, LogGroupNamePattern, LogGroupIdentifier, LogStreamName, SequenceToken, KmsKeyId, LogGroupClass,
// AmazonResourceName, AccountId, NextToken, FilterPattern, LogGroupNameRegexPattern, FieldIndexName, OrderBy.
export const LOG_GROUP_NAME: TextRule = { min: 1, max: 512, pattern: '[\\.\\-_/#A-Za-z0-9]+' };
export const LOG_GROUP_NAME_PATTERN: TextRule = { min: 0, max: 512, pattern: '[\\.\\-_/#A-Za-z0-9]*' };
export const LOG_GROUP_IDENTIFIER: TextRule = { min: 1, max: 2048, pattern: '[\\w#+=/:,.@-]*' };
export const LOG_STREAM_NAME: TextRule = { min: 1, max: 512, pattern: '[^:*]*' };
export const SEQUENCE_TOKEN: TextRule = { min: 1 };
export const KMS_KEY_ID: TextRule = { max: 256 };
export const LOG_GROUP_CLASS: TextRule = {
  oneOf: ['STANDARD', 'INFREQUENT_ACCESS', 'DELIVERY', 'ESSENTIALS'],
};
export const RESOURCE_ARN: TextRule = { min: 1, max: 1011, pattern: '[\\w+=/:,.@-]*' };
export const ACCOUNT_IDENTIFIER: TextRule = { min: 12, max: 12, pattern: '\\d{12}' };
export const NEXT_TOKEN: TextRule = { min: 1 };
export const FILTER_PATTERN: TextRule = { min: 0, max: 1024 };
export const NAME_REGEX: TextRule = {
  min: 3,
  max: 129,
  pattern: '(\\^?[\\.\\-_\\/#A-Za-z0-9]{3,24})(\\|\\^?[\\.\\-_\\/#A-Za-z0-9]{3,24}){0,4}',
};
export const FIELD_INDEX_NAME: TextRule = { min: 1, max: 512, pattern: '[\\.\\-_/#A-Za-z0-9]+' };
export const ORDER_BY: TextRule = { oneOf: ['LogStreamName', 'LastEventTime'] };

// Model: TagKey, Tags, TagKeyList.
export const TAG_KEY: TextRule = { min: 1, max: 128, pattern: '([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+)' };
export const TAGS: MapRule = {
  min: 1,
  max: 50,
  key: TAG_KEY,
  value: { min: 0, max: 256, pattern: '([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)' },
};

/**
 * https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html: "aws:" in any case is
 * reserved.
 */
export const RESERVED_TAG_KEY = /^aws:/i;

/** CreateLogGroup: "Log group names can't start with the string aws/". The service's message names it in upper case. */
export const RESERVED_PREFIX = /^aws\//i;

/** PutRetentionPolicy: the valid numbers of days. */
export const RETENTION_IN_DAYS: NumberRule = {
  oneOf: [
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
  ],
};

// Model: Timestamp, InputLogEvents, InputLogEvent$message.
export const TIMESTAMP: NumberRule = { min: 0 };
export const MAX_EVENTS = 10_000;

/** PutLogEvents: the sum of all messages in UTF-8, plus 26 bytes for each event. One event has no lower limit. */
export const MAX_BATCH_BYTES = 1_048_576;

/**
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv4.html: "within five minutes of the time stamp in the
 * request". Services were seen to check both sides: https://github.com/aws-amplify/aws-sdk-android/issues/88
 */
export const MAX_SKEW_MINUTES = 5;

const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/** PutLogEvents: events that are older, or further in the future, are rejected; the others are stored. */
export const MAX_AGE_MS = 14 * DAY_MS;
export const MAX_AHEAD_MS = 2 * HOUR_MS;

/**
 * PutLogEvents: the valid events of a batch "cannot exceed 24 hours". Whether exactly 24 hours are accepted is unknown,
 * so they are refused here: what is accepted here is then accepted by AWS too.
 */
export const SPAN_LIMIT_MS = 24 * HOUR_MS;

// Model: EntityKeyAttributes, EntityAttributes.
export const KEY_ATTRIBUTES: MapRule = {
  min: 2,
  max: 4,
  key: { min: 1, max: 32 },
  value: { min: 1, max: 512 },
};
export const ATTRIBUTES: MapRule = {
  min: 0,
  max: 10,
  key: { min: 1, max: 256 },
  value: { min: 1, max: 512 },
};

/** PutLogEvents, entity: "There are five allowed attributes (key names)". */
export const KEY_ATTRIBUTE_NAMES: ReadonlySet<string> = new Set([
  'Type',
  'ResourceType',
  'Identifier',
  'Name',
  'Environment',
]);

/**
 * What each Type of entity needs beside its Type:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/adding-your-own-related-telemetry.html
 */
export const REQUIRED_BY_TYPE: ReadonlyMap<string, readonly string[]> = new Map([
  ['Service', ['Name', 'Environment']],
  ['RemoteService', ['Name']],
  ['AWS::Service', ['Name']],
  ['Resource', ['ResourceType', 'Identifier']],
  ['AWS::Resource', ['ResourceType', 'Identifier']],
]);

// Model: EventsLimit, DescribeLimit, ListLimit.
export const EVENTS_LIMIT: NumberRule = { min: 1, max: 10_000 };
export const DESCRIBE_LIMIT: NumberRule = { min: 1, max: 50 };
export const LIST_LIMIT: NumberRule = { min: 1, max: 1_000 };

// Model: InputLogStreamNames, StartLiveTailLogGroupIdentifiers, DescribeLogGroupsLogGroupIdentifiers, AccountIds.
export const MAX_STREAM_NAMES = 100;
export const MAX_LIVE_TAIL_GROUPS = 10;
export const MAX_LOG_GROUP_IDENTIFIERS = 50;
export const MAX_ACCOUNTS = 20;

// Model: QueryLanguage, QueryString, QueryId, EventsLimitStartQuery, GetQueryResultsNextToken, GetQueryResultsMaxItems.
export const QUERY_LANGUAGE: TextRule = { oneOf: ['CWLI', 'SQL', 'PPL'] };
export const QUERY_STRING: TextRule = { min: 0, max: 10_000 };
export const QUERY_ID: TextRule = { min: 1, max: 256 };
export const QUERY_LIMIT: NumberRule = { min: 1, max: 100_000 };
export const RESULTS_TOKEN: TextRule = { max: 1_024 };
export const MAX_RESULTS_RULE: NumberRule = { min: 0, max: 10_000 };

/** StartQuery: "If you omit limit", and GetQueryResults: "each page returning up to". */
export const MAX_RESULTS = 10_000;

/** StartQuery: "You can include up to 50 log groups". */
export const MAX_QUERIED_GROUPS = 50;

/** FilterLogEvents: startFromHead may be false only with a startTime at or after this. */
export const NEWEST_FIRST_SINCE = Date.UTC(2024, 0, 1);

/** GetLogEvents: "as many log events as can fit in a response size of 1 MB". FilterLogEvents: "up to 1 MB". */
export const MAX_PAGE_BYTES = 1_048_576;

/** TagResource: "You can associate up to 50 tags with a resource". */
export const MAX_TAGS = 50;

// Model: TagKeyList, TagFilters, TagFilterValues, TagFilterValue, DataSourceFilters, FieldIndexNames.
export const MAX_TAG_KEYS = 50;
export const MAX_TAG_FILTERS = 5;
export const MAX_TAG_FILTER_VALUES = 5;
export const TAG_FILTER_VALUE: TextRule = {
  min: 0,
  max: 259,
  pattern: '!?\\*?([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)\\*?',
};
export const MAX_DATA_SOURCES = 5;
export const MAX_FIELD_INDEX_NAMES = 20;
