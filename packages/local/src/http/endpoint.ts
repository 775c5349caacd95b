/** The URL of a listener, which can be reached also if it listens on a wildcard address. */
export function endpointOf(host: string, port: number): string {
  return `http://${reachable(host)}:${port}`;
}

function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}

/** The variables that point an AWS SDK at an endpoint. */
export const environmentFor = (endpoint: string): Readonly<Record<string, string>> => ({
  AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: endpoint,
  AWS_REGION: 'us-east-1',
  // What boto3 and version 1 of the AWS CLI read instead.
  AWS_DEFAULT_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_EC2_METADATA_DISABLED: 'true',
  // StartLiveTail: the AWS CLI and boto3 would look for a host named stream-127.0.0.1.
  AWS_DISABLE_HOST_PREFIX_INJECTION: 'true',
});
