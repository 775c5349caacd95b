import type { EntityOption } from '../identity/entity.js';
import { validateEntity } from '../identity/validate-entity.js';
import type { EnvironmentVariables } from '../util/environment-variables.js';
import { isObject } from '../util/json.js';
import { suggestion } from '../util/suggestion.js';
import { ConfigError, type ConfigProblem } from './config-error.js';
import { ENTITY_FIELDS } from './entity-options.js';
import { functionHint } from './function-hint.js';
import { keyValues, type Option } from './option-types.js';
import { type Config, OPTIONS, type OptionName, type Options } from './options.js';
import { showSecret, showValue } from './show-value.js';
import { isMisspellingOf, unknownOption } from './unknown-names.js';

const PREFIX = 'PUTLOGS_';
const NAMES = Object.keys(OPTIONS) as OptionName[];
const VARIABLES = [
  ...NAMES.filter((name) => !isSecret(name)),
  ...ENTITY_FIELDS.map((field) => `entity.${field}`),
].map(variableOf);

function isSecret(name: OptionName): boolean {
  const option: Option<unknown> = OPTIONS[name];
  return option.isSecret === true;
}

/** The name of an option's environment variable: PUTLOGS_LOG_GROUP_NAME for `logGroupName`. */
export function variableOf(option: string): string {
  return PREFIX + option.replace('.', '_').replace(/[A-Z]/g, '_$&').toUpperCase();
}

/**
 * Checks the options and completes them. For each option, the given value counts, else its `PUTLOGS_` variable, else the
 * standard variable, else the default.
 * @param options the given options; undefined values count as not given
 * @param env default: process.env
 * @param callerProblems errors that the caller found in options of its own, to be reported together with those found here
 * @throws {ConfigError} listing all errors
 * @example
 * const config = resolveConfig({ logGroupName: '/my/app', retentionInDays: 30 });
 */
export function resolveConfig(
  options: Options = {},
  env: EnvironmentVariables = process.env,
  callerProblems: readonly ConfigProblem[] = [],
): Config {
  checkIsObject(options);
  const problems = [...callerProblems, ...unknownOptions(options), ...misspelledVariables(env)];
  const config: Record<string, unknown> = {};
  for (const name of NAMES) config[name] = resolveOption(name, options[name], env, problems);
  if (config.logGroupName === undefined && !problems.some(({ option }) => option === 'logGroupName')) {
    const foreign = foreignVariables(env);
    const given = foreign.length === 0 ? 'nothing' : `nothing (but the unknown ${foreign.join(', ')})`;
    problems.push(problem('logGroupName', OPTIONS.logGroupName.expected, given));
  }
  if (isObject(config.entity)) problems.push(...entityProblems(config.entity));
  const isValid = (name: OptionName) => !problems.some(({ option }) => option?.split('.')[0] === name);
  if (isValid('serviceField') && isValid('entity')) problems.push(...entityContradictions(config as Config));
  if (isValid('roleArn') && isValid('profile')) problems.push(...accountContradictions(config as Config));
  if (problems.length > 0) throw new ConfigError(problems);
  return config as Config;
}

/** Options that are valid each, but not together. */
function entityContradictions({
  serviceField,
  entity,
}: Pick<Config, 'serviceField' | 'entity'>): ConfigProblem[] {
  if (serviceField === undefined || entity === undefined) return [];
  if (entity !== false && (entity.type ?? 'Service') === 'Service') return [];
  const given = entity === false ? 'false' : `of type ${entity.type}`;
  const expected = `nothing, since entity (${variableOf('entity')}) is ${given}, and a record can only name a service`;
  return [problem('serviceField', expected, showValue(serviceField))];
}

function accountContradictions(config: Config): ConfigProblem[] {
  const { profile, credentials, roleArn } = config;
  const isTwice = profile !== undefined && credentials !== undefined;
  const useless = (['roleSessionName', 'externalId'] as const).filter(
    (name) => roleArn === undefined && config[name] !== undefined,
  );
  return [
    ...(isTwice ? [problem('profile', 'nothing, since credentials are given', showValue(profile))] : []),
    ...useless.map((name) =>
      problem(
        name,
        `nothing, since roleArn (${variableOf('roleArn')}) is not given`,
        showValue(config[name]),
      ),
    ),
  ];
}

function resolveOption(
  name: OptionName,
  given: unknown,
  env: EnvironmentVariables,
  problems: ConfigProblem[],
): unknown {
  const option: Option<unknown> = OPTIONS[name];
  const variable = variableInUse(name, env);
  let value = given;
  let source: string | undefined;
  if (given === undefined) {
    if (name === 'entity' && variable === undefined) value = entityFromVariables(env);
    else if (variable !== undefined) {
      value = option.parse(env[variable] ?? '');
      source = variable;
    }
  }
  if (value === undefined) return option.default;
  const unconverted = value;
  value = option.convert?.(value) ?? value;
  if (option.isSecret && !option.accepts(value))
    problems.push({
      option: name,
      expected: option.expected + functionHint(value),
      given: showSecret(value),
    });
  else if (!option.accepts(value))
    problems.push({
      option: name,
      ...(source !== undefined && { variable: source }),
      expected: option.expected + functionHint(value),
      given: showValue(value) + (source === undefined ? '' : ` (in ${source})`) + flawOf(option, value),
    });
  else problems.push(...unknownFields(name, unconverted));
  return value;
}

/** The variable that sets an option which is not given; undefined if none does. */
export function variableInUse(name: OptionName, env: EnvironmentVariables): string | undefined {
  const { isSecret, standardVariables = [] }: Option<unknown> = OPTIONS[name];
  return isSecret ? undefined : [variableOf(name), ...standardVariables].find((known) => env[known]);
}

function flawOf(option: Option<unknown>, value: unknown): string {
  const flaw = typeof value === 'string' ? option.flaw?.(value) : undefined;
  return flaw === undefined ? '' : `, which ${flaw}`;
}

/** @throws {ConfigError} unless the options are an object */
export function checkIsObject(options: unknown): void {
  if (isObject(options)) return;
  const given = options === null ? 'null' : Array.isArray(options) ? 'an array' : `a ${typeof options}`;
  throw new ConfigError([{ option: 'options', expected: 'an object', given }]);
}

function unknownOptions(options: object): ConfigProblem[] {
  return Object.keys(options)
    .filter((name) => !(NAMES as string[]).includes(name))
    .map((name) => unknownOption(name, NAMES, functionHint(ownValue(options, name))));
}

/** The value of a member, without calling a getter. */
function ownValue(object: object, name: string): unknown {
  return Object.getOwnPropertyDescriptor(object, name)?.value;
}

/** Kubernetes sets these variables in every pod of a namespace that has a Service named `putlogs`. */
const SERVICE_LINK = /^PUTLOGS_(?:SERVICE_HOST|SERVICE_PORT|PORT)(?:_|$)/;

function unknownVariables(env: EnvironmentVariables): string[] {
  return Object.keys(env).filter(
    (name) => name.startsWith(PREFIX) && !VARIABLES.includes(name) && !SERVICE_LINK.test(name),
  );
}

function isMisspelled(variable: string): boolean {
  const name = variable.slice(PREFIX.length);
  return VARIABLES.some((known) => isMisspellingOf(name, known.slice(PREFIX.length)));
}

function misspelledVariables(env: EnvironmentVariables): ConfigProblem[] {
  return unknownVariables(env)
    .filter(isMisspelled)
    .map((variable) => ({
      variable,
      expected: `a known variable${suggestion(variable, VARIABLES)}`,
      given: 'an unknown one',
    }));
}

/** Unknown variables with our prefix that are not similar to a known one. They may belong to another program. */
export function foreignVariables(env: EnvironmentVariables): string[] {
  return unknownVariables(env).filter((variable) => !isMisspelled(variable));
}

function entityFromVariables(env: EnvironmentVariables): EntityOption | undefined {
  const entity: Record<string, unknown> = {};
  for (const field of ENTITY_FIELDS) {
    const value = env[variableOf(`entity.${field}`)];
    if (value) entity[field] = field === 'attributes' ? keyValues(value) : value;
  }
  return Object.keys(entity).length === 0 ? undefined : entity;
}

function entityProblems(entity: EntityOption): ConfigProblem[] {
  return validateEntity(entity).map(({ field, expected, given }) =>
    problem(
      `entity.${field}`,
      expected + functionHint(given),
      given === undefined ? 'nothing' : showValue(given),
    ),
  );
}

function unknownFields(name: OptionName, value: unknown): ConfigProblem[] {
  const { fields }: Option<unknown> = OPTIONS[name];
  if (fields === undefined || !isObject(value)) return [];
  return Object.keys(value)
    .filter((field) => !fields.includes(field))
    .map((field) => ({
      option: `${name}.${field}`,
      expected: `a known field${suggestion(field, fields)}${functionHint(ownValue(value, field))}`,
      given: 'an unknown one',
    }));
}

function problem(option: string, expected: string, given: string): ConfigProblem {
  return { option, variable: variableOf(option), expected, given };
}
