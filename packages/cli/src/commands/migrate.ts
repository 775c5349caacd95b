import type { MigratedFile } from '../migrate/migration.js';
import type { AddCommand } from '../program.js';
import { stdout } from '../terminal/output.js';

interface Flags {
  readonly write?: boolean;
  readonly json?: boolean;
}

export const addMigrate: AddCommand = (program, end) => {
  program
    .command('migrate')
    .summary('Rewrite files that use winston-cloudwatch or pino-cloudwatch')
    .description(
      'Rewrites JavaScript and TypeScript files that use winston-cloudwatch, pino-cloudwatch or @serdnam/pino-cloudwatch-transport: imports, constructors, targets and options. Prints the differences, and what it could not carry over.',
    )
    .argument('<file...>')
    .option('--write', 'write the files; without it nothing is changed')
    .option('--json', 'print JSON')
    .action(async (paths: readonly string[], { write = false, json = false }: Flags) => {
      // The parser is loaded only now.
      const { migrateFile, printMigration, toJson } = await import('../migrate/migration.js');
      const files: MigratedFile[] = [];
      for (const path of paths) files.push(await migrateFile(path, write));
      if (json) stdout.json(files.map(toJson));
      else printMigration(stdout, files, write);
      if (files.some(({ failure }) => failure !== undefined)) end(1);
    });
};
