const CREDENTIALS =
  'the AWS SDK finds credentials by itself: give the process a role, AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY';
const FORMAT = "the text of an event is what the logger's format, or the transport's own, made of the record";
const REPORTS = "problems come as 'report' events of the transport, and on stderr";
const BATCHES =
  'batches are as large as the service takes; flushIntervalMs and maxBufferBytes bound what waits';

/**
 * What to use instead of options that other transports have (winston-cloudwatch, winston-aws-cloudwatch, pino-cloudwatch,
 * `@serdnam/pino-cloudwatch-transport`) and that are often tried here: the name of an option, or advice.
 */
export const OPTION_HINTS: ReadonlyMap<string, string> = new Map([
  ...[
    'credentials',
    'profile',
    'awsProfile',
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
  ['createLogStream', 'log streams are always created'],
  ['batchSize', BATCHES],
  ['submissionRetryCount', 'what fails is sent again for as long as there is room for it'],
  ['jsonMessage', FORMAT],
  ['messageFormatter', FORMAT],
  ['formatter', FORMAT],
  ['formatLog', FORMAT],
  ['formatLogItem', FORMAT],
  ['errorHandler', REPORTS],
  ['onError', REPORTS],
  ['level', "give it to the logger, to Winston's transport, or beside `target` in Pino's `targets`"],
  [
    'name',
    'the name of the service is service, those of log group and stream logGroupName and logStreamName',
  ],
]);
