import { addOptionFlags, type Given, givenOptions } from '../flags/option-flags.js';
import { resolveWithoutGroup } from '../flags/resolve.js';
import { explanation } from '../identity/explanation.js';
import { type FoundIdentity, findIdentity, toJson } from '../identity/find-identity.js';
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
      const found = await find(givenOptions(command, process.env));
      if (flags.explain && !flags.json) for (const line of explanation(found)) stdout.line(line);
      else stdout.json(toJson(found, flags.explain === true));
    });
  addOptionFlags(command, ['service', 'environment', 'entity']);
};

async function find(given: Given): Promise<FoundIdentity> {
  const config = resolveWithoutGroup(given);
  const progress = new Progress();
  progress.begin('Asking metadata services');
  return findIdentity(config, given.env).finally(() => progress.end());
}
