import { setTimeout as sleep } from 'node:timers/promises';
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import sdk from '../aws/sdk.cjs';

const KEYS = ['Type', 'Name', 'ResourceType', 'Identifier', 'Environment'].map(
  (key) => `@entity.KeyAttributes.${key}`,
);

const QUERY = `stats count(*) as events by ${KEYS.join(', ')} | sort events desc | limit 5`;

const PAUSE_MS = 200;
const PATIENCE_MS = 10_000;

/**
 * The entities that wrote to a log group since a time, those with the most events first. Only CloudWatch Logs Insights tells them.
 * @throws the SDK's error if it may not be asked
 */
export async function entitiesOf(
  client: CloudWatchLogsClient,
  logGroupName: string,
  since: number,
  signal: AbortSignal,
): Promise<string[]> {
  const [startTime, endTime] = [Math.floor(since / 1000), Math.ceil(Date.now() / 1000)];
  const start = new sdk.StartQueryCommand({
    logGroupNames: [logGroupName],
    startTime,
    endTime,
    queryString: QUERY,
  });
  const { queryId } = await client.send(start, { abortSignal: signal });
  const deadline = performance.now() + PATIENCE_MS;
  do {
    const command = new sdk.GetQueryResultsCommand({ queryId });
    const { status, results = [] } = await client.send(command, { abortSignal: signal });
    if (status === 'Complete') return results.map(inWords).filter((entity) => entity !== '');
    if (status !== 'Running' && status !== 'Scheduled') break;
    await sleep(PAUSE_MS);
  } while (performance.now() < deadline);
  return [];
}

/** `Service checkout in ecs:prod`. */
function inWords(
  row: readonly { readonly field?: string | undefined; readonly value?: string | undefined }[],
): string {
  const values = KEYS.map((key) => row.find(({ field }) => field === key)?.value ?? '');
  const environment = values.pop();
  const what = values.filter((value) => value !== '').join(' ');
  return what === '' || !environment ? what : `${what} in ${environment}`;
}
