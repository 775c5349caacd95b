import { OPTIONS } from '@putlogs/core/main-thread';
import { type NumberName, numberText } from './numbers.js';
import type { Given, OptionsObject } from './options-object.js';
import { field, fields, isSyntax, keyOf, nameOf, type Syntax, withoutTypes } from './source/syntax.js';
import { functionOf, isVariable, templateOf } from './template.js';
import { isEnvironmentVariable, isNothing } from './values.js';

/** Rewrites one option of another package. */
export interface OptionRule {
  (option: Given, options: OptionsObject): void;
  /** What it is called here, if that is all that changes. */
  readonly to?: string;
}

/** An option that this project's transports have too. */
export const same: OptionRule = () => undefined;

/** Written by the rule of another option. */
export const withAnother: OptionRule = () => undefined;

export function renamed(name: string): OptionRule {
  const rule = (option: Given, options: OptionsObject) => options.rename(option, name);
  return Object.assign(rule, { to: name });
}

/** Leaves an option out, and says why. */
export function notOffered(why: string): OptionRule {
  return (option, options) => {
    options.remove(option);
    options.rewrite.note(option.property, `${option.name} is left out: ${why}`);
  };
}

/** A number of milliseconds or days, of which 0 and nothing stand for the default in other packages. */
export function numberOf(name: NumberName): OptionRule {
  const rule = (option: Given, options: OptionsObject) => {
    const { rewrite } = options;
    if (isNothing(option.value)) return options.remove(option);
    const text = numberText(rewrite, name, option.value);
    if (text === rewrite.file.textOf(option.value)) options.rename(option, name);
    else options.replace(option, `${name}: ${text}`);
  };
  return Object.assign(rule, { to: name });
}

/** A name that may be a function there. Here it is a template, since a function cannot cross to the worker thread. */
export const groupOrStreamName: OptionRule = (option, options) => {
  const { rewrite } = options;
  const made = functionOf(rewrite, option.value);
  if (made === undefined) return;
  const template = templateOf(rewrite, made);
  const { flaw } = option.name === 'logGroupName' ? OPTIONS.logGroupName : OPTIONS.logStreamName;
  const forbidden = template?.placeholders.find((placeholder) => flaw?.(placeholder) !== undefined);
  if (template !== undefined && forbidden === undefined) {
    options.replace(option, `${option.name}: ${template.source}`);
    for (const call of template.calls)
      rewrite.note(option.property, `${option.name}: ${call} is called once now, at the start`);
    if (template.source.includes('{date}'))
      rewrite.note(option.property, `${option.name}: {date} is the date of the event in UTC, as YYYY-MM-DD`);
    return;
  }
  const isInline = made === withoutTypes(option.value);
  const call = isInline ? `(${option.text})()` : `${option.text}()`;
  options.replace(option, `${option.name}: ${call}`);
  const why =
    forbidden === undefined
      ? 'is a function that cannot be written as a template'
      : `takes no ${forbidden}, so its function cannot be written as a template`;
  rewrite.note(
    option.property,
    `${option.name} ${why}: it is now called once, at the start; see docs/routing.md for templates and docs/module.md for functions`,
  );
};

const KEYS = ['accessKeyId', 'secretAccessKey', 'sessionToken'] as const;

/** The variables that the AWS SDK finds by itself. */
const STANDARD = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'] as const;

/** Two options that are the keys of an account. @param secret the name of the second one */
export function accessKeys(secret: string): OptionRule {
  return (id, options) => {
    const key = options.get(secret);
    if (key === undefined) return notOffered(`there is no ${secret} beside it`)(id, options);
    options.remove(key);
    if (isVariable(id.value, STANDARD[0]) && isVariable(key.value, STANDARD[1])) {
      options.remove(id);
      options.rewrite.note(
        id.property,
        `${id.name} and ${secret} are left out: ${STANDARD.join(' and ')} are found without them`,
      );
      return;
    }
    const text = `{ ${propertyOf('accessKeyId', id.text)}, ${propertyOf('secretAccessKey', key.text)} }`;
    const mayBeMissing = [id, key].some(({ value }) => isEnvironmentVariable(value));
    options.replace(
      id,
      `credentials: ${mayBeMissing ? `${id.text} && ${key.text} ? ${text} : undefined` : text}`,
    );
    options.rewrite.note(
      id.property,
      'credentials: given keys are never renewed; a role needs none, so leave them out if you can',
    );
  };
}

function propertyOf(name: string, value: string): string {
  return name === value ? name : `${name}: ${value}`;
}

/** The second of two keys. */
export function secretKey(id: string): OptionRule {
  return (option, options) => {
    if (options.get(id) === undefined) notOffered(`there is no ${id} beside it`)(option, options);
  };
}

/** Providers of the AWS SDK that find what is found without them. */
const NEEDLESS_PROVIDERS = [
  'defaultProvider',
  'fromNodeProviderChain',
  'fromEnv',
  'fromInstanceMetadata',
  'fromContainerMetadata',
  'fromTokenFile',
];

/** The text of the option `credentials` for an expression; undefined if it is left out. */
export function credentialsOf(options: OptionsObject, value: Syntax): string | undefined {
  const { rewrite } = options;
  const made = rewrite.file.valueOf(value);
  const name = made?.type === 'CallExpression' ? nameOf(field(made, 'callee')) : undefined;
  if (name !== undefined && NEEDLESS_PROVIDERS.includes(name)) {
    rewrite.note(value, `credentials are left out: what ${name}() finds is found without it`);
    return undefined;
  }
  const isFunction =
    made?.type === 'CallExpression' ||
    made?.type === 'NewExpression' ||
    functionOf(rewrite, value) !== undefined;
  if (isFunction) {
    rewrite.note(
      value,
      `credentials are left out: only an object of ${KEYS.join(', ')} is taken; use profile or roleArn, or a module (docs/module.md)`,
    );
    return undefined;
  }
  const properties = fields(made, 'properties');
  const keys = new Map(properties.map((property) => [keyOf(property), property]));
  if (made?.type === 'ObjectExpression' && isStandard(keys)) {
    rewrite.note(value, `credentials are left out: ${STANDARD.join(' and ')} are found without them`);
    return undefined;
  }
  const unknown = [...keys.keys()].filter((key) => key !== undefined && !KEYS.some((known) => known === key));
  if (unknown.length > 0) rewrite.note(value, `credentials: ${unknown.join(', ')} is not taken; remove it`);
  return rewrite.textOf(value);
}

function isStandard(keys: ReadonlyMap<string | undefined, Syntax>): boolean {
  const values = [keys.get('accessKeyId'), keys.get('secretAccessKey')].map((property) => property?.value);
  return (
    keys.size === 2 &&
    values.every((value, index) => isSyntax(value) && isVariable(value, STANDARD[index] ?? ''))
  );
}
