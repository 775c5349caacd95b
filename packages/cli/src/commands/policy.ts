import type { Config } from '@putlogs/core';
import { addOptionFlags, givenOptions } from '../flags/option-flags.js';
import { resolveGiven } from '../flags/resolve.js';
import type { AddCommand } from '../program.js';
import { stderr, stdout } from '../terminal/output.js';
import { Progress } from '../terminal/progress.js';
import { UsageError } from '../terminal/usage-error.js';

interface Flags {
  readonly format: string;
  readonly document: string;
  readonly account?: string;
}

const DOCUMENTS = ['permissions', 'trust', 'assume'] as const;

export const addPolicy: AddCommand = (program) => {
  const command = program
    .command('policy')
    .summary('Print the least IAM policy that these options need')
    .description(
      'Prints the least IAM policy that a transport with these options needs. Account and Region are filled in where they are known: from the options, else from the credentials that are found here.',
    )
    .option('--format <format>', 'json, cloudformation, terraform or cdk', 'json')
    .option('--json', 'the same as --format json')
    .option(
      '--document <document>',
      'with a role, as JSON: its permissions, its trust, or what assumes it: permissions, trust, assume',
      'permissions',
    )
    .option('--account <id>', 'the account of the log group')
    .action(async ({ format, document, account }: Flags) => {
      const given = givenOptions(command, process.env);
      const config = resolveGiven(given);
      check(config, { format, document, ...(account !== undefined && { account }) });
      const { printPolicy } = await import('../policy/print-policy.js');
      const progress = new Progress();
      progress.begin('Asking STS for the account');
      const { text, notes } = await printPolicy(config, given.env, { format, document, account }).finally(
        () => progress.end(),
      );
      stdout.line(text);
      for (const note of notes) stderr.line(`putlogs: ${note}`);
    });
  addOptionFlags(command, [
    'logGroupName',
    'region',
    'createLogGroup',
    'createLogStream',
    'retentionInDays',
    'tags',
    'roleArn',
    'externalId',
  ]);
};

/** @throws {UsageError} */
function check({ roleArn }: Config, { format, document, account }: Flags): void {
  if (!['json', 'cloudformation', 'terraform', 'cdk'].includes(format))
    throw new UsageError(`--format: expected json, cloudformation, terraform or cdk; given: ${format}`);
  if (!DOCUMENTS.some((known) => known === document))
    throw new UsageError(`--document: expected ${DOCUMENTS.join(', ')}; given: ${document}`);
  if (document !== 'permissions' && roleArn === undefined)
    throw new UsageError(`--document ${document}: only a role has one: name it with --role-arn`);
  if (account !== undefined && !/^\d{12}$/.test(account))
    throw new UsageError(`--account: expected 12 digits; given: ${account}`);
}
