import { addOptionFlags, givenOptions } from '../flags/option-flags.js';
import type { AddCommand } from '../program.js';
import { stdout } from '../terminal/output.js';
import { Progress } from '../terminal/progress.js';

interface Flags {
  readonly send?: boolean;
  readonly json?: boolean;
}

export const addDoctor: AddCommand = (program, end) => {
  const command = program
    .command('doctor')
    .summary('Find out why logs do not arrive')
    .description(
      'Checks each step on the way of a record, from the options to the log group, and says what is wrong and how to fix it. Without --send it changes nothing.',
    )
    .option(
      '--send',
      'send one event as a transport would, and read it back; creates the log group if it is missing',
    )
    .option('--json', 'print JSON')
    .action(async ({ send = false, json = false }: Flags) => {
      // The AWS SDK is loaded only now.
      const [{ diagnose }, { conclusion, printReport }] = await Promise.all([
        import('../doctor/diagnose.js'),
        import('../doctor/report.js'),
      ]);
      const progress = new Progress();
      const findings = await diagnose(givenOptions(command, process.env), { send }, progress).finally(() =>
        progress.end(),
      );
      if (json)
        stdout.json({
          findings: findings.all,
          unchecked: findings.unchecked,
          conclusion: conclusion(findings),
        });
      else printReport(findings);
      end(findings.of('error').length > 0 ? 1 : 0);
    });
  addOptionFlags(command, ['logGroupName', 'logStreamName', 'region', 'profile', 'roleArn', 'endpoint']);
};
