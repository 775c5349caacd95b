import { resolve } from 'node:path';
import { OPTIONS } from '@putlogs/core/main-thread';
import { addOptionFlags, givenOptions } from '../flags/option-flags.js';
import { resolveWithoutGroup } from '../flags/resolve.js';
import type { AddCommand } from '../program.js';
import type { Target } from '../replay/changes.js';
import { isFolder } from '../replay/replayed-path.js';
import { UsageError } from '../terminal/usage-error.js';

interface Flags {
  readonly dryRun?: boolean;
  readonly to?: string;
  readonly now?: boolean;
  readonly json?: boolean;
}

export const addReplay: AddCommand = (program, end) => {
  const command = program
    .command('replay')
    .summary('Send what is left in a spool, or a dead-letter file')
    .description(
      'Sends the events that processes left in a spool directory, or those of a dead-letter file. They are removed when the service has taken them. Folders of running processes are left alone.',
    )
    .argument('<path>', 'a spool directory or a dead-letter file')
    .option('--dry-run', 'list what would be sent, and change nothing')
    .option('--to <group>', 'send to this log group instead: GROUP, or GROUP:STREAM')
    .option('--now', 'give events that are too old for the service the current time')
    .option('--json', 'print JSON')
    .action(async (path: string, { dryRun = false, to, now = false, json = false }: Flags) => {
      const given = givenOptions(command, process.env);
      const config = resolveWithoutGroup(given);
      const changes = { to: to === undefined ? undefined : targetOf(to), now };
      const isDirectory = await isFolder(resolve(path));
      const { list, send } = await import('../replay/run-replay.js');
      const where = { path: resolve(path), isDirectory, json };
      end(dryRun ? await list(where, changes) : await send(where, { config, env: given.env, changes }));
    });
  addOptionFlags(command, ['region', 'profile', 'roleArn', 'endpoint', 'createLogGroup', 'deadLetterFile']);
};

/** @throws {UsageError} */
function targetOf(text: string): Target {
  const colon = text.indexOf(':');
  const logGroupName = colon < 0 ? text : text.slice(0, colon);
  const logStreamName = colon < 0 ? undefined : text.slice(colon + 1);
  const isGroup = OPTIONS.logGroupName.accepts(logGroupName) && !logGroupName.includes('{');
  if (!isGroup)
    throw new UsageError(`--to: expected ${OPTIONS.logGroupName.expected}; given: ${logGroupName}`);
  if (logStreamName !== undefined && !/^[^:*]{1,512}$/.test(logStreamName))
    throw new UsageError(`--to: expected the name of a log stream after the colon; given: ${logStreamName}`);
  return { logGroupName, logStreamName };
}
