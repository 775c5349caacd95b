/**
 * What this package uses of the AWS SDK. The SDK is CommonJS: when an ES module imports it, Node parses it once more, to find
 * the names of its exports, which takes as long as loading it and several megabytes. `require` does not.
 */

import logs = require('@aws-sdk/client-cloudwatch-logs');
import credentials = require('@aws-sdk/credential-provider-node');

const {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
  PutRetentionPolicyCommand,
} = logs;
const { defaultProvider } = credentials;

export = {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
  PutRetentionPolicyCommand,
  defaultProvider,
};
