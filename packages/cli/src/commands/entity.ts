import { addOptionFlags, givenOptions } from '../flags/option-flags.js';
import { resolveWithoutGroup } from '../flags/resolve.js';
import type { AddCommand } from '../program.js';
import { stdout } from '../terminal/output.js';
import { Progress } from '../terminal/progress.js';

interface Flags {
  readonly explain?: boolean;
}

export const addEntity: AddCommand = (program) => {
  const command = program
    .command('entity')
    .summary('Print the entity that a program started in this directory gets')
    .description(
      'Prints the entity that a program started in this directory gets, as JSON, with the source of each part.',
    )
    .option('--explain', 'say in words where each part comes from, and what was asked')
    .option('--json', 'print JSON, also with --explain')
    .action(async (flags: Flags & { readonly json?: boolean }) => {
      const given = givenOptions(command, process.env);
      const config = resolveWithoutGroup(given);
      // The AWS SDK is loaded only now.
      const [{ explanation }, { findIdentity, toJson }] = await Promise.all([
        import('../identity/explanation.js'),
        import('../identity/find-identity.js'),
      ]);
      const progress = new Progress();
      progress.begin('Asking metadata services');
      const found = await findIdentity(config, given.env).finally(() => progress.end());
      if (flags.explain && !flags.json) for (const line of explanation(found)) stdout.line(line);
      else stdout.json(toJson(found, flags.explain === true));
    });
  addOptionFlags(command, ['service', 'environment', 'entity']);
};
