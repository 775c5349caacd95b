import { readFileSync } from 'node:fs';
import { errorCode, errorMessage, redact } from '@putlogs/core/main-thread';
import { Command, CommanderError } from 'commander';
import { addDoctor } from './commands/doctor.js';
import { addEntity } from './commands/entity.js';
import { addLocal } from './commands/local.js';
import { addMigrate } from './commands/migrate.js';
import { addOptions } from './commands/options.js';
import { addPipe } from './commands/pipe.js';
import { addPolicy } from './commands/policy.js';
import { addReplay } from './commands/replay.js';
import { addTail } from './commands/tail.js';
import { UsageError } from './terminal/usage-error.js';

/** How a command ends: 0 as wished, 1 with an error that it was to find or could not prevent, 2 when called incorrectly. */
export type ExitCode = number;

/** Adds a command to the program. @param end is called with the exit code of the command */
export type AddCommand = (program: Command, end: (code: ExitCode) => void) => void;

const COMMANDS: readonly AddCommand[] = [
  addDoctor,
  addPipe,
  addReplay,
  addTail,
  addPolicy,
  addEntity,
  addLocal,
  addMigrate,
  addOptions,
];

const USAGE: ExitCode = 2;

/** Runs the command that the arguments name. Writes errors to stderr, and never rejects. */
export async function run(args: readonly string[]): Promise<ExitCode> {
  let exitCode: ExitCode = 0;
  const program = createProgram();
  for (const add of COMMANDS)
    add(program, (code) => {
      exitCode = code;
    });
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    // Commander has written it, or the help, already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE;
    process.stderr.write(`putlogs: ${safeLines(errorMessage(error))}\n`);
    return error instanceof UsageError ? USAGE : 1;
  }
}

const EXIT_CODES = `
Exit codes:
  0  all is well
  1  the command found or met an error
  2  it was called incorrectly
putlogs pipe with a command ends with the exit code of that command.`;

function createProgram(): Command {
  return new Command('putlogs')
    .description(
      'Finds out why logs do not arrive in Amazon CloudWatch Logs, and sends, replays and reads them.',
    )
    .usage('<command> [options]')
    .enablePositionalOptions()
    .version(version(), '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .addHelpText('after', EXIT_CODES)
    .configureHelp({
      styleTitle: (text) => `\u001b[1m${text}\u001b[22m`,
      styleCommandText: (text) => `\u001b[36m${text}\u001b[39m`,
      styleOptionTerm: (text) => `\u001b[36m${text}\u001b[39m`,
      styleSubcommandTerm: (text) => `\u001b[36m${text}\u001b[39m`,
    })
    .configureOutput({ outputError: (text, write) => write(safeLines(text)) })
    .showHelpAfterError('Add --help to see how it is used.')
    .exitOverride()
    .hook('preAction', (_, command) => handleOutputErrors(command.name()));
}

/** Without a reader, as in `putlogs options | head`, there is nobody left to write for. */
function handleOutputErrors(command: string): void {
  process.stderr.on('error', () => undefined);
  // It goes on sending.
  if (command === 'pipe') return;
  process.stdout.once('error', (error) => {
    if (errorCode(error) === 'EPIPE') process.exit();
    process.stderr.write(`putlogs: ${safeLines(errorMessage(error))}\n`);
    process.exit(1);
  });
}

/** An error may quote anything. */
function safeLines(text: string): string {
  return text.split('\n').map(redact).join('\n');
}

function version(): string {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return String(version);
}
