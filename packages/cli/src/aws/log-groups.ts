import type { CloudWatchLogsClient, LogGroup } from '@aws-sdk/client-cloudwatch-logs';
import type { AwsAccess } from './access.js';
import { DEFAULT_REGIONS } from './regions.js';
import sdk from './sdk.cjs';

/** @returns undefined if there is none @throws the SDK's error if it cannot be asked */
export async function findLogGroup(
  client: CloudWatchLogsClient,
  name: string,
): Promise<LogGroup | undefined> {
  const command = new sdk.DescribeLogGroupsCommand({ logGroupNamePrefix: name, limit: 1 });
  // Names are sorted, so the group itself comes before those with longer names.
  const { logGroups = [] } = await client.send(command);
  return logGroups.find(({ logGroupName }) => logGroupName === name);
}

/** The log stream that got events last, if there is one and it may be seen. */
export async function findLogStream(
  client: CloudWatchLogsClient,
  logGroupName: string,
): Promise<string | undefined> {
  const command = new sdk.DescribeLogStreamsCommand({
    logGroupName,
    orderBy: 'LastEventTime',
    descending: true,
    limit: 1,
  });
  const { logStreams = [] } = await client.send(command).catch(() => ({ logStreams: [] }));
  return logStreams[0]?.logStreamName;
}

/** The other Regions that have a log group of this name, of those that may be asked. */
export async function findInOtherRegions(access: AwsAccess, name: string, region: string): Promise<string[]> {
  const others = DEFAULT_REGIONS.filter((other) => other !== region);
  const found = await Promise.all(
    others.map(async (other) => {
      const client = access.logs({ region: other, maxAttempts: 1 });
      const group = await findLogGroup(client, name).catch(() => undefined);
      return group === undefined ? [] : [other];
    }),
  );
  return found.flat();
}
