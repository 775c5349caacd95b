import { once } from 'node:events';
import type { AddCommand } from '../program.js';

export const addLocal: AddCommand = (program, end) => {
  program
    .command('local')
    .description('Run a strict CloudWatch Logs on this machine, and print what arrives')
    .usage('[options of putlogs-local]')
    .helpOption(false)
    .allowUnknownOption()
    .allowExcessArguments()
    .action(async () => {
      // The program of @putlogs/local, which reads its arguments and its name from the process, with its own help.
      const arguments_ = process.argv;
      arguments_.splice(1, arguments_.indexOf('local', 2), 'putlogs local');
      await import(new URL('cli.js', import.meta.resolve('@putlogs/local')).href);
      // Until the server is closed.
      await once(process, 'beforeExit');
      end(Number(process.exitCode ?? 0));
    });
};
