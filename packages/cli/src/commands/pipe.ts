import { addOptionFlags, givenOptions } from '../flags/option-flags.js';
import { resolveGiven } from '../flags/resolve.js';
import type { AddCommand } from '../program.js';
import { UsageError } from '../terminal/usage-error.js';

interface Flags {
  readonly multiline?: string;
  readonly tee?: boolean;
  readonly json?: boolean;
}

const EXAMPLES = `
Examples:
  node app.js | putlogs pipe --log-group-name /my/app
  putlogs pipe --log-group-name /my/app --tee -- node app.js
  putlogs pipe --log-group-name /my/app --multiline '^\\S' < app.log`;

export const addPipe: AddCommand = (program, end) => {
  const command = program
    .command('pipe')
    .summary('Send what a command prints, or stdin')
    .description(
      'Sends each line that a command prints, or that comes from stdin, as a log event. JSON keeps its own time. A command gets the signals that this program gets; this program ends with its exit code, when everything is delivered.',
    )
    .usage('[options] [-- command…]')
    .argument('[command...]', 'the command, after --')
    // Without -- too, what follows the name of the command belongs to the command.
    .passThroughOptions()
    .option(
      '--multiline <pattern>',
      'a regular expression that the first line of a record matches; other lines belong to it',
    )
    .option('--tee', 'write what is read to stdout and stderr too')
    .option('--json', 'print the counts as JSON to stderr at the end')
    .addHelpText('after', EXAMPLES)
    .action(async (words: readonly string[], { multiline, tee = false, json = false }: Flags) => {
      const given = givenOptions(command, process.env);
      const config = resolveGiven(given);
      const firstLine = multiline === undefined ? undefined : patternOf(multiline);
      if (words.length === 0 && process.stdin.isTTY)
        throw new UsageError('Nothing to send: pipe something into it, or name a command after --.');
      // The AWS SDK is loaded only now.
      const { runPipe } = await import('../pipe/run-pipe.js');
      end(await runPipe(words, { config, env: given.env, firstLine, tee, json }));
    });
  addOptionFlags(command, [
    'logGroupName',
    'logStreamName',
    'region',
    'profile',
    'endpoint',
    'service',
    'spoolDirectory',
  ]);
};

/** @throws {UsageError} */
function patternOf(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch {
    throw new UsageError(`--multiline is not a regular expression: ${text}`);
  }
}
