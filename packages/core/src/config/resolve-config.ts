import { inspect } from 'node:util';
import type { EntityOption } from '../identity/entity.js';
import { entityFaults } from '../identity/validate-entity.js';
import { isObject } from '../util/json.js';
import { isSecretName, redact } from '../util/redact.js';
import { ConfigError, type ConfigProblem } from './config-error.js';
import { keyValues, type Option } from './option-types.js';
import { type Config, OPTIONS, type OptionName, type Options } from './options.js';
import { isMisspeltAs, suggestion, unknownOption } from './unknown-names.js';

/** The process's environment, or what stands for it. */
export type EnvironmentVariables = Readonly<Record<string, string | undefined>>;

const PREFIX = 'PUTLOGS_';
const NAMES = Object.keys(OPTIONS) as OptionName[];
const ENTITY_FIELDS = ['type', 'resourceType', 'identifier', 'name', 'environment', 'attributes'] as const;
const VARIABLES = [...NAMES, ...ENTITY_FIELDS.map((field) => `entity.${field}`)].map(variableOf);

/** The environment variable of an option: `logGroupName` is PUTLOGS_LOG_GROUP_NAME. */
export function variableOf(option: string): string {
  return PREFIX + option.replace('.', '_').replace(/[A-Z]/g, '_$&').toUpperCase();
}

/**
 * Decides every option: the one given, else its own variable, else the standard variable, else the default.
 * @param found what the caller has found wrong with options of its own
 * @throws {ConfigError} naming everything that is wrong
 */
export function resolveConfig(
  options: Options = {},
  env: EnvironmentVariables = process.env,
  found: readonly ConfigProblem[] = [],
): Config {
  checkIsObject(options);
  const problems = [...found, ...unknownOptions(options), ...misspelledVariables(env)];
  const config: Record<string, unknown> = {};
  for (const name of NAMES) config[name] = decide(name, options[name], env, problems);
  if (config.logGroupName === undefined && !problems.some(({ option }) => option === 'logGroupName')) {
    problems.push(problem('logGroupName', OPTIONS.logGroupName.expected, 'nothing'));
  }
  const isSound = (name: OptionName) => !problems.some(({ option }) => option?.split('.')[0] === name);
  if (isSound('serviceField') && isSound('entity')) problems.push(...contradictions(config as Config));
  if (problems.length > 0) throw new ConfigError(problems);
  return config as Config;
}

/** What is good each on its own, and not together. */
function contradictions({ serviceField, entity }: Pick<Config, 'serviceField' | 'entity'>): ConfigProblem[] {
  if (serviceField === undefined || entity === undefined) return [];
  if (entity !== false && (entity.type ?? 'Service') === 'Service') return [];
  const given = entity === false ? 'false' : `of type ${entity.type}`;
  const expected = `nothing, where entity (${variableOf('entity')}) is ${given}: no record can name that`;
  return [problem('serviceField', expected, show(serviceField))];
}

function decide(
  name: OptionName,
  given: unknown,
  env: EnvironmentVariables,
  problems: ConfigProblem[],
): unknown {
  const option: Option<unknown> = OPTIONS[name];
  const own = variableOf(name);
  const variable = [own, ...(option.standardVariables ?? [])].find((known) => env[known]);
  let value = given;
  let from = '';
  if (given === undefined) {
    if (name === 'entity' && variable === undefined) value = entityFromVariables(env);
    else if (variable !== undefined) {
      value = option.parse(env[variable] ?? '');
      from = ` (in ${variable})`;
    }
  }
  if (value === undefined) return option.default;
  value = option.convert?.(value) ?? value;
  if (!option.accepts(value)) problems.push(problem(name, option.expected, show(value) + from));
  else if (name === 'entity') problems.push(...entityProblems(value as EntityOption | false));
  return value;
}

/** @throws {ConfigError} */
export function checkIsObject(options: unknown): void {
  if (isObject(options)) return;
  const given = options === null ? 'null' : Array.isArray(options) ? 'an array' : `a ${typeof options}`;
  throw new ConfigError([{ option: 'options', expected: 'an object', given }]);
}

function unknownOptions(options: object): ConfigProblem[] {
  return Object.keys(options)
    .filter((name) => !(NAMES as string[]).includes(name))
    .map((name) => unknownOption(name, NAMES));
}

/** What Kubernetes sets in every pod next to a Service by the name of `putlogs`. */
const SERVICE_LINK = /^PUTLOGS_(?:SERVICE_HOST|SERVICE_PORT|PORT)(?:_|$)/;

function unknownVariables(env: EnvironmentVariables): string[] {
  return Object.keys(env).filter(
    (name) => name.startsWith(PREFIX) && !VARIABLES.includes(name) && !SERVICE_LINK.test(name),
  );
}

function isMisspelled(variable: string): boolean {
  const name = variable.slice(PREFIX.length);
  return VARIABLES.some((known) => isMisspeltAs(name, known.slice(PREFIX.length)));
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

/** Variables with our prefix that are nobody's slip: others use it too, such as Docker's log driver of that name. */
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

function entityProblems(entity: EntityOption | false): ConfigProblem[] {
  if (entity === false) return [];
  const unknown = Object.keys(entity).filter(
    (field) => !(ENTITY_FIELDS as readonly string[]).includes(field),
  );
  return [
    ...unknown.map((field) => unknownField(field)),
    ...entityFaults(entity).map(({ field, expected, given }) =>
      problem(`entity.${field}`, expected, given === undefined ? 'nothing' : show(given)),
    ),
  ];
}

function unknownField(field: string): ConfigProblem {
  const expected = `a known field${suggestion(field, ENTITY_FIELDS)}`;
  return { option: `entity.${field}`, expected, given: 'an unknown one' };
}

function problem(option: string, expected: string, given: string): ConfigProblem {
  return { option, variable: variableOf(option), expected, given };
}

/** A value as a person reads it: short, on one line, without what may be a secret. */
function show(value: unknown): string {
  const text = inspect(withoutSecrets(value), { depth: 0, breakLength: Infinity });
  // Whatever stands in front of an @ may be the password of a URL, however that is written.
  const safe = redact(text.replace(/^.*@/s, '…@').replace(/[\t\r\n]+/g, ' '));
  return safe.length > 120 ? `${safe.slice(0, 120)}…` : safe;
}

/** An object that was given for something else, such as credentials, or tags that hold some. */
function withoutSecrets(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return value;
  const fields = Object.entries(Object.getOwnPropertyDescriptors(value)).map(([name, { value: field }]) => [
    name,
    isSecretName(name) ? kindOf(field) : field,
  ]);
  return Object.fromEntries(fields);
}

/** In place of a value that may not be told. */
function kindOf(value: unknown): object {
  const kind = typeof value === 'string' ? `string of ${value.length} characters` : typeof value;
  return { [inspect.custom]: () => `<${kind}>` };
}
