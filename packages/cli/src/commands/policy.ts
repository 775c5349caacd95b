import type { Config } from '@putlogs/core';
import { Option } from 'commander';
import { addOptionFlags, givenOptions } from '../flags/option-flags.js';
import { resolveGiven } from '../flags/resolve.js';
import { FORMATS } from '../policy/formats.js';
import { DOCUMENTS, type Wanted } from '../policy/wanted.js';
import type { AddCommand } from '../program.js';
import { stderr, stdout } from '../terminal/output.js';
import { Progress } from '../terminal/progress.js';
import { UsageError } from '../terminal/usage-error.js';

interface Flags extends Pick<Wanted, 'format' | 'document'> {
  readonly account?: string;
  readonly principal?: string;
}

export const addPolicy: AddCommand = (program) => {
  const command = program
    .command('policy')
    .summary('Print the least-privilege IAM policy for these options')
    .description(
      'Prints the least-privilege IAM policy for a transport with these options. Account and Region are filled in where they are known: from the options, else from the credentials that are found here.',
    )
    .addOption(new Option('--format <format>', 'the language').choices(Object.keys(FORMATS)).default('json'))
    .addOption(new Option('--json', 'the same as --format json').conflicts('format'))
    .addOption(
      new Option(
        '--document <document>',
        'with a role, as JSON: its permissions, its trust, or what assumes it',
      )
        .choices(DOCUMENTS)
        .default('permissions'),
    )
    .option('--principal <arn>', 'with a role: the role or user of the application, which assumes it')
    .option('--account <id>', 'the account of the log group')
    .action(async ({ format, document, account, principal }: Flags) => {
      const given = givenOptions(command, process.env);
      const config = resolveGiven(given);
      const wanted = { format, document, account, principal };
      check(config, wanted);
      // The AWS SDK is loaded only now.
      const { printPolicy } = await import('../policy/print-policy.js');
      const progress = new Progress();
      progress.begin('Asking STS for the account');
      const { text, notes } = await printPolicy(config, given.env, wanted).finally(() => progress.end());
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
function check({ roleArn }: Config, { format, document, account, principal }: Wanted): void {
  if (document !== 'permissions' && roleArn === undefined)
    throw new UsageError(`--document ${document}: only a role has one: name it with --role-arn`);
  if (document !== 'permissions' && format !== 'json')
    throw new UsageError(`--document ${document} is printed as JSON only; given: --format ${format}`);
  if (account !== undefined && !/^\d{12}$/.test(account))
    throw new UsageError(`--account: expected 12 digits; given: ${account}`);
  if (principal !== undefined && !/^arn:[\w-]+:(?:iam|sts)::\d{12}:[!-~]+$/.test(principal))
    throw new UsageError(`--principal: expected the ARN of a role or user; given: ${principal}`);
}
