import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  PutRetentionPolicyCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  type Counts,
  createPipeline,
  type Options,
  type PipelineDependencies,
  type Report,
  resolveConfig,
} from '@putlogs/core';
import type { Local } from '@putlogs/local';
// So that each pipeline of this process has it at once: there is no time to load it in, where no time passes.
import '@putlogs/core/internal';
import { optionsFor } from './harness.js';

/** A pipeline in this thread, over the real SDK, with what it reported. Pauses after failures take no time. */
export function openPipeline(
  local: Pick<Local, 'endpoint'>,
  options: Options = {},
  surroundings: PipelineDependencies = {},
) {
  const reports: Report[] = [];
  const config = resolveConfig({ ...optionsFor(local), ...options }, {});
  const pipeline = createPipeline(config, (report) => reports.push(report), {
    // On a host of no platform, with an application of no name.
    env: { AWS_EC2_METADATA_DISABLED: 'true' },
    readFile: () => Promise.reject(new Error('there are no files')),
    random: () => 0,
    ...surroundings,
  });
  return {
    ...pipeline,
    reports,
    problems: () => reports.flatMap((report) => (report.kind === 'problem' ? [report.code] : [])),
    counts(): Counts {
      const last = reports.at(-1);
      if (last === undefined) throw new Error('nothing was reported');
      return last.counts;
    },
  };
}

/** Counts in which everything that was accepted was delivered. */
export function allDelivered(events: number): Counts {
  return {
    accepted: events,
    delivered: events,
    rejected: { tooOld: 0, expired: 0, tooNew: 0, invalid: 0 },
    dropped: { empty: 0, bufferFull: 0, spoolFull: 0, unreadable: 0, closed: 0, workerEnded: 0 },
    spooled: 0,
    pending: 0,
  };
}

/** Makes the log group, as somebody else would. */
export async function createGroup(local: Pick<Local, 'endpoint'>, retentionInDays: number): Promise<void> {
  const { endpoint } = local;
  const { logGroupName } = optionsFor(local);
  const client = new CloudWatchLogsClient({ endpoint });
  await client.send(new CreateLogGroupCommand({ logGroupName }));
  await client.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays }));
  client.destroy();
}
