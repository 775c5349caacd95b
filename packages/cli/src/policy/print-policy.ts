import type { Config, EnvironmentVariables } from '@putlogs/core';
import { partitionOf } from './arn.js';
import { type Documents, documentsFor } from './documents.js';
import { FORMATS, type Format, toCdk, toCloudFormation, toTerraform } from './formats.js';
import { findKnown, type Known } from './known-account.js';
import type { Wanted } from './wanted.js';

/** @returns the policy, and what the user should know about it */
export async function printPolicy(
  config: Config,
  env: EnvironmentVariables,
  { format, document, account, principal }: Wanted,
): Promise<{ readonly text: string; readonly notes: readonly string[] }> {
  const known = await findKnown(config, env, account);
  const unknown = FORMATS[format];
  const parts = {
    partition: known.region === undefined ? unknown.partition : partitionOf(known.region),
    region: known.region ?? unknown.region,
    account: known.account ?? unknown.account,
  };
  const documents = documentsFor(config, parts, principal);
  const needsPrincipal = documents.trust !== undefined && (format !== 'json' || document === 'trust');
  return {
    text: textOf(documents, format, document),
    notes: [
      ...notesFor(config, known, format),
      ...(needsPrincipal && principal === undefined
        ? ['who assumes the role is not known: name its role or user with --principal.']
        : []),
    ],
  };
}

function textOf(documents: Documents, format: Format, document: Wanted['document']): string {
  switch (format) {
    case 'cloudformation':
      return toCloudFormation(documents);
    case 'terraform':
      return toTerraform(documents);
    case 'cdk':
      return toCdk(documents);
    case 'json':
      return JSON.stringify(documents[document] ?? documents.permissions, undefined, 2);
  }
}

function notesFor({ kmsKeyId }: Config, { region, account }: Known, format: Format): string[] {
  const unknown = [
    ...(region === undefined ? ['Region'] : []),
    ...(account === undefined ? ['account'] : []),
  ];
  return [
    ...(unknown.length > 0 && format === 'json'
      ? [`${unknown.join(' and ')} unknown: * stands for any. See --region and --account.`]
      : []),
    ...(kmsKeyId === undefined
      ? []
      : ['the policy of the KMS key must allow the service logs.<region>.amazonaws.com to use it.']),
  ];
}
