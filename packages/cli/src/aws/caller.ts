import type { EnvironmentVariables } from '@putlogs/core';

/** Hosts of AWS, in all partitions. */
const AWS = /\.(?:amazonaws\.com(?:\.cn)?|api\.aws|amazonwebservices\.com\.cn)$/;

/**
 * Whether STS knows the credentials. Those of a service that stands in for CloudWatch Logs, such as @putlogs/local, are not
 * sent there, unless the user has named an STS.
 */
export function asksSts({ hostname }: URL, env: EnvironmentVariables): boolean {
  return AWS.test(hostname) || Boolean(env.AWS_ENDPOINT_URL_STS || env.AWS_ENDPOINT_URL);
}
