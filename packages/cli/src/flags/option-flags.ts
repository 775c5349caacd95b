import { resolve } from 'node:path';
import {
  ENTITY_FIELDS,
  type EnvironmentVariables,
  OPTIONS,
  type Option,
  type OptionName,
  type Options,
  variableInUse,
  variableOf,
} from '@putlogs/core/main-thread';
import { type Command, Option as Flag } from 'commander';
import { DESCRIPTIONS } from './descriptions.js';

/** Fields of the option `entity`. Each has a variable, and so a flag. */
type EntityField = `entity.${(typeof ENTITY_FIELDS)[number]}`;

/** What can be set by a flag: `logGroupName` by `--log-group-name`. */
export type Settable = OptionName | EntityField;

/** Options as the command line and the environment give them. */
export interface Given {
  readonly options: Options;
  readonly env: EnvironmentVariables;
}

const NAMES = (Object.keys(OPTIONS) as OptionName[]).filter((name) => !rowOf(name).isSecret);
const FIELDS: readonly EntityField[] = ENTITY_FIELDS.map((field) => `entity.${field}` as const);

export const SETTABLE: readonly Settable[] = NAMES.flatMap((name) =>
  name === 'entity' ? [name, ...FIELDS] : [name],
);

export function flagOf(name: string): string {
  return `--${name.replace('.', '-').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** The first sentence of an option's documentation. */
export function summaryOf(name: Settable): string {
  if (isField(name)) return `The field ${name.slice('entity.'.length)} of the entity.`;
  const [summary = ''] = /^.*?\.(?= |$)/s.exec(DESCRIPTIONS[name]) ?? [DESCRIPTIONS[name]];
  return summary;
}

export function defaultOf(name: Settable): unknown {
  return isField(name) ? undefined : rowOf(name).default;
}

/** The variables that set an option, in order of precedence. */
export function variablesOf(name: Settable): string[] {
  const standard = isField(name) ? [] : (rowOf(name).standardVariables ?? []);
  return [variableOf(name), ...standard];
}

export function typeOf(name: Settable): 'boolean' | 'number' | 'text' {
  if (isField(name)) return 'text';
  const value = rowOf(name).parse('1');
  return value === true ? 'boolean' : value === 1 ? 'number' : 'text';
}

/** Adds a flag for every option. @param shown the options that the command's help lists */
export function addOptionFlags(command: Command, shown: readonly Settable[]): void {
  for (const name of SETTABLE) {
    const isShown = shown.includes(name);
    // Of an option that is on, the help shows how to turn it off.
    const isOn = defaultOf(name) === true;
    command.addOption(new Flag(termOf(name), summaryOf(name)).hideHelp(!isShown || isOn));
    if (typeOf(name) !== 'boolean') continue;
    command.addOption(new Flag(negationOf(name), `Turn off: ${summaryOf(name)}`).hideHelp(!isShown || !isOn));
  }
  command.addHelpText('after', '\nEach option of the transports has a flag. putlogs options lists them.');
}

function negationOf(name: Settable): string {
  return flagOf(name).replace('--', '--no-');
}

/** What a flag takes. */
export function valueTermOf(name: Settable): string {
  if (typeOf(name) === 'number') return '<number>';
  const takesPairs = !isField(name) && typeof rowOf(name).parse('a=b') === 'object';
  return takesPairs ? '<a=b,c=d>' : '<value>';
}

function termOf(name: Settable): string {
  if (typeOf(name) === 'boolean') return flagOf(name);
  return `${flagOf(name)} ${valueTermOf(name)}`;
}

/** The options that a command was called with. Their values are checked later, with those of the variables. */
export function givenOptions(command: Command, env: EnvironmentVariables): Given {
  const values: Readonly<Record<string, unknown>> = command.opts();
  const options: Record<string, unknown> = {};
  const variables: Record<string, string> = {};
  for (const name of SETTABLE) {
    const value = values[attributeOf(name)];
    if (value === undefined) continue;
    if (isField(name)) variables[variableOf(name)] = String(value);
    else options[name] = typeof value === 'string' ? parsed(name, value) : value;
  }
  const module = variableOf('module');
  if (typeof options.module === 'string') options.module = fromHere(options.module);
  if (env[module]) variables[module] = fromHere(env[module]);
  return { options, env: { ...env, ...variables } };
}

/** A whole entity has no variable, so that the table knows no form of it as text. */
function parsed(name: OptionName, text: string): unknown {
  if (name !== 'entity') return rowOf(name).parse(text);
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Relative to the working directory: this program's own script is the main one. */
function fromHere(module: string): string {
  return /^\.\.?[\\/]/.test(module) ? resolve(module) : module;
}

/** Where the value of an option comes from: a flag, a variable or the default. */
export function originOf(name: OptionName, { options, env }: Given): string {
  if (options[name] === false && typeOf(name) === 'boolean') return negationOf(name);
  if (options[name] !== undefined) return flagOf(name);
  return variableInUse(name, env) ?? 'default';
}

/** The name that commander gives to a flag. */
function attributeOf(name: Settable): string {
  return name.replace(/\.(.)/, (_, letter: string) => letter.toUpperCase());
}

function isField(name: Settable): name is EntityField {
  return name.startsWith('entity.');
}

function rowOf(name: OptionName): Option<unknown> {
  return OPTIONS[name];
}
