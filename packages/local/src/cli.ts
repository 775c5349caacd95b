#!/usr/bin/env node
import { query } from './command-line/query.js';
import { serve } from './command-line/serve.js';
import { UsageError } from './command-line/usage-error.js';
import { safe } from './terminal/safe-text.js';

async function main([command, ...rest]: readonly string[]): Promise<number> {
  // As of grep: 1 means that nothing matches.
  if (command === 'query') {
    return query(rest).catch((error: unknown) => {
      complain(error);
      return 2;
    });
  }
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
