import type { Config, EnvironmentVariables } from '@putlogs/core';
import { partitionOf } from './arn.js';
import { type Documents, documentsFor } from './documents.js';
import { FORMATS, isFormat, toCdk, toCloudFormation, toTerraform } from './formats.js';
import { findKnown, type Known } from './known-account.js';

interface Wanted {
  readonly format: string;
  readonly document: string;
  readonly account: string | undefined;
}

/** @returns the policy, and what the user should know about it */
export async function printPolicy(
  config: Config,
  env: EnvironmentVariables,
  { format, document, account }: Wanted,
): Promise<{ readonly text: string; readonly notes: readonly string[] }> {
  const known = await findKnown(config, env, account);
  const unknown = isFormat(format) ? FORMATS[format] : FORMATS.json;
  const parts = {
    partition: known.region === undefined ? unknown.partition : partitionOf(known.region),
    region: known.region ?? unknown.region,
    account: known.account ?? unknown.account,
  };
  const documents = documentsFor(config, known, parts);
  return { text: textOf(documents, format, document), notes: notesFor(config, known, format) };
}

function textOf(documents: Documents, format: string, document: string): string {
  switch (format) {
    case 'cloudformation':
      return toCloudFormation(documents);
    case 'terraform':
      return toTerraform(documents);
    case 'cdk':
      return toCdk(documents);
    default: {
      const { permissions, trust, assume } = documents;
      const chosen = { permissions, trust, assume }[document] ?? permissions;
      return JSON.stringify(chosen, undefined, 2);
    }
  }
}

function notesFor(
  { roleArn, kmsKeyId }: Config,
  { region, account, caller }: Known,
  format: string,
): string[] {
  const unknown = [
    ...(region === undefined ? ['Region'] : []),
    ...(account === undefined ? ['account'] : []),
  ];
  return [
    ...(unknown.length > 0 && format === 'json'
      ? [`${unknown.join(' and ')} unknown: * stands for any. See --region and --account.`]
      : []),
    ...(roleArn !== undefined && caller === undefined
      ? ['who assumes the role is not known here: put its ARN into the trust policy.']
      : []),
    ...(kmsKeyId === undefined
      ? []
      : ['the policy of the KMS key must allow the service logs.<region>.amazonaws.com to use it.']),
  ];
}
