import type { Given, OptionsObject } from './options-object.js';
import {
  field,
  fields,
  isSyntax,
  keyOf,
  nameOf,
  pathOf,
  type Syntax,
  withoutTypes,
} from './source/syntax.js';
import { functionOf, isVariable, templateOf } from './template.js';

/** Rewrites one option of another package. */
export type OptionRule = (option: Given, options: OptionsObject) => void;

/** An option that this project's transports have too. */
export const same: OptionRule = () => undefined;

/** Written by the rule of another option. */
export const withAnother: OptionRule = () => undefined;

export function renamed(name: string): OptionRule {
  return (option, options) => options.rename(option, name);
}

/** Leaves an option out, and says why. */
export function notOffered(why: string): OptionRule {
  return (option, options) => {
    options.remove(option);
    options.rewrite.note(option.property, `${option.name} is left out: ${why}`);
  };
}

/** A number of milliseconds. Environment variables are texts. */
export function milliseconds(name: string): OptionRule {
  return (option, options) => {
    const path = pathOf(option.value);
    if (option.value.type === 'Literal' && option.value.value === 0)
      return notOffered('0 would mean that events are never sent')(option, options);
    if (path?.[0] === 'process' && path[1] === 'env')
      options.replace(option, `${name}: Number(${option.text}) || undefined`);
    else options.rename(option, name);
  };
}

/** A name that may be a function there. Here it is a template, since a function cannot cross to the worker thread. */
export const groupOrStreamName: OptionRule = (option, options) => {
  const { rewrite } = options;
  const made = functionOf(rewrite, option.value);
  if (made === undefined) return;
  const template = templateOf(rewrite, made);
  if (template !== undefined) {
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
  rewrite.note(
    option.property,
    `${option.name} is a function that cannot be written as a template: it is now called once, at the start; see docs/routing.md for templates and docs/module.md for functions`,
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
    const mayBeMissing = [id, key].some(
      ({ value }) => pathOf(value)?.slice(0, 2).join('.') === 'process.env',
    );
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
