#!/usr/bin/env node
import { UsageError } from './command-line/usage-error.js';
import { safe } from './terminal/safe-text.js';

/** Loads what the command needs alone: a query needs no service. */
async function main([command, ...rest]: readonly string[]): Promise<number> {
  // As of grep: 1 means that nothing matches.
  if (command === 'query') {
    const { query } = await import('./command-line/query.js');
    return query(rest).catch((error: unknown) => {
      complain(error);
      return 2;
    });
  }
  const { serve } = await import('./command-line/serve.js');
  return serve(command === undefined ? [] : [command, ...rest]);
}

/** Says what is wrong. @returns the exit code */
function complain(error: unknown): number {
  const isUsage = error instanceof UsageError;
  const message = safe(error instanceof Error ? error.message : String(error));
  process.stderr.write(isUsage ? `${message}\n\n${error.usage}` : `${message}\n`);
  return isUsage ? 2 : 1;
}

// Not process.exit(): the server keeps the process alive until it is closed.
process.exitCode = await main(process.argv.slice(2)).catch(complain);
