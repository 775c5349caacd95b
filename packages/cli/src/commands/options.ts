import { OPTION_GROUPS } from '@putlogs/core/main-thread';
import {
  defaultOf,
  flagOf,
  SETTABLE,
  type Settable,
  summaryOf,
  typeOf,
  valueTermOf,
  variablesOf,
} from '../flags/option-flags.js';
import type { AddCommand } from '../program.js';
import { stdout } from '../terminal/output.js';

export const addOptions: AddCommand = (program) => {
  program
    .command('options')
    .description('List all options of the transports: flag, variable, default')
    .option('--json', 'print JSON')
    .action(({ json }: { readonly json?: boolean }) => {
      if (json) stdout.json(TOPICS.flatMap(({ topic, names }) => names.map((name) => rowOf(name, topic))));
      else for (const { topic, names } of TOPICS) print(topic, names);
    });
};

const TOPICS = Object.entries(OPTION_GROUPS).map(([topic, group]) => ({
  topic,
  names: SETTABLE.filter((name) => name.replace(/\..*/, '') in group),
}));

function rowOf(name: Settable, topic: string) {
  const [flag, variables, type] = [flagOf(name), variablesOf(name), typeOf(name)];
  return {
    option: name,
    topic,
    flag,
    variables,
    type,
    default: defaultOf(name) ?? null,
    summary: summaryOf(name),
  };
}

function print(topic: string, names: readonly Settable[]): void {
  stdout.line(stdout.style('bold', topic));
  for (const name of names) {
    const { flag, variables, type, default: standard, summary } = rowOf(name, topic);
    const value = type === 'boolean' ? '' : ` ${valueTermOf(name)}`;
    const words = standard === null ? variables : [...variables, `default: ${standard}`];
    const shown = standard === true ? flag.replace('--', '--no-') : flag + value;
    stdout.line(`  ${stdout.style('cyan', shown)}  ${words.join(', ')}`);
    stdout.line(`      ${summary}`);
  }
  stdout.line();
}
