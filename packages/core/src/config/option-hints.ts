const CREDENTIALS =
  'use credentials: { accessKeyId, secretAccessKey, sessionToken }, profile or roleArn; without them the AWS SDK finds the credentials of a role, AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY';
const MODULE =
  'functions cannot cross to a worker thread: export it from a file, and name that in the option module';
const FORMAT =
  "the text of an event is the record as the logger's format, or else the transport's own, writes it; to change it, export a function format from a file, and name that in the option module";
const REPORTS = "problems are emitted as 'report' events of the transport, and written to stderr";
const BATCHES =
  'batches are as large as the service accepts; flushIntervalMs and maxBufferBytes limit what waits';

/**
 * What to use instead of options of other transports (winston-cloudwatch, winston-aws-cloudwatch, pino-cloudwatch and
 * `@serdnam/pino-cloudwatch-transport`): the name of an option, or advice.
 */
export const OPTION_HINTS: ReadonlyMap<string, string> = new Map([
  ...[
    'accessKeyId',
    'secretAccessKey',
    'sessionToken',
    'awsAccessKeyId',
    'awsSecretAccessKey',
    'awsSecretKey',
    'awsSessionToken',
    'aws_access_key_id',
    'aws_secret_access_key',
  ].map((name) => [name, CREDENTIALS] as const),
  ['awsProfile', 'profile'],
  ['role', 'roleArn'],
  ['awsRegion', 'region'],
  ['aws_region', 'region'],
  ['awsOptions', `use region and endpoint; ${CREDENTIALS}`],
  ['awsConfig', `use region and endpoint; ${CREDENTIALS}`],
  ['cloudWatchLogs', `use region and endpoint; ${CREDENTIALS}`],
  ['logGroup', 'logGroupName'],
  ['group', 'logGroupName'],
  ['logStream', 'logStreamName'],
  ['stream', 'logStreamName'],
  ['prefix', 'logStreamName'],
  ['interval', 'flushIntervalMs'],
  ['uploadRate', 'flushIntervalMs'],
  ['submissionInterval', 'flushIntervalMs'],
  ['ensureLogGroup', 'createLogGroup'],
  ['batchSize', BATCHES],
  ['submissionRetryCount', 'failed batches are sent again for as long as there is room for them'],
  ['jsonMessage', FORMAT],
  ['messageFormatter', FORMAT],
  ['formatter', FORMAT],
  ['formatLog', FORMAT],
  ['formatLogItem', FORMAT],
  ['errorHandler', REPORTS],
  ['onError', REPORTS],
  ['format', MODULE],
  ['filter', MODULE],
  ['onReport', MODULE],
  ['requestHandler', MODULE],
  ['level', "give it to the logger, to Winston's transport, or beside `target` in Pino's `targets`"],
  [
    'name',
    'use service for the name of the service, logGroupName and logStreamName for those of log group and log stream',
  ],
]);
