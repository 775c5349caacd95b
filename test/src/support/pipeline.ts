import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  PutRetentionPolicyCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { type Counts, type Options, type ProblemCode, type Report, resolveConfig } from '@putlogs/core';
// Loads all modules first, since loading takes real time, which a manual clock does not wait for.
import { assemblePipeline, type PipelineDependencies } from '@putlogs/core/internal';
import type { Local } from '@putlogs/local';
import { NO_EVENTS } from './counts.js';
import { optionsFor } from './harness.js';

/** Opens a pipeline in this thread, with the real SDK, and records its reports. Pauses after failures have no length. */
export function openPipeline(
  local: Pick<Local, 'endpoint'>,
  options: Options = {},
  dependencies: PipelineDependencies = {},
) {
  const reports: Report[] = [];
  const config = resolveConfig({ ...optionsFor(local), ...options }, {});
  const pipeline = assemblePipeline(config, (report) => reports.push(report), {
    // A host without a platform, and an application without a name.
    env: { AWS_EC2_METADATA_DISABLED: 'true' },
    readFile: () => Promise.reject(new Error('there are no files')),
    random: () => 0,
    ...dependencies,
  });
  return {
    ...pipeline,
    reports,
    problems: () => reports.flatMap((report) => (report.kind === 'problem' ? [report.code] : [])),
    /** The first message with this code. */
    messageOf: (code: ProblemCode) =>
      reports.flatMap((report) =>
        report.kind === 'problem' && report.code === code ? [report.message] : [],
      )[0] ?? '',
    counts(): Counts {
      const last = reports.at(-1);
      if (last === undefined) throw new Error('nothing was reported');
      return last.counts;
    },
  };
}

/** The counts if all accepted events were delivered. */
export function allDelivered(events: number): Counts {
  return { ...NO_EVENTS, accepted: events, delivered: events };
}

/** Creates the log group, independently of a pipeline. */
export async function createGroup(local: Pick<Local, 'endpoint'>, retentionInDays: number): Promise<void> {
  const { endpoint } = local;
  const { logGroupName } = optionsFor(local);
  const client = new CloudWatchLogsClient({ endpoint });
  await client.send(new CreateLogGroupCommand({ logGroupName }));
  await client.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays }));
  client.destroy();
}
