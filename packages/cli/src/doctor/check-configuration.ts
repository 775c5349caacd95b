import { inspect } from 'node:util';
import { foreignVariables } from '@putlogs/core/internal';
import {
  type Config,
  ConfigError,
  type ConfigProblem,
  OPTIONS,
  type OptionName,
  redact,
  resolveConfig,
  variableOf,
} from '@putlogs/core/main-thread';
import { flagOf, type Given, originOf } from '../flags/option-flags.js';
import { nameOf } from '../flags/resolve.js';
import { advice, command, type Findings } from './findings.js';

/** @returns undefined if no transport would start with these options */
export function checkConfiguration(findings: Findings, given: Given): Config | undefined {
  const foreign = foreignVariables(given.env);
  try {
    const config = resolveConfig(given.options, given.env);
    const details = valuesWithOrigins(config, given);
    if (foreign.length > 0) addUnknown(findings, foreign, details);
    else findings.add('PL-CONFIG', 'All options are valid', { details });
    return config;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const problem of withoutConsequences(error.problems)) addProblem(findings, problem);
    if (foreign.length > 0) addUnknown(findings, foreign, []);
    return undefined;
  }
}

/** Where the name of the log group is misspelt, it is missing too. */
function withoutConsequences(problems: readonly ConfigProblem[]): readonly ConfigProblem[] {
  const variable = variableOf('logGroupName');
  const isMisspelt = problems.some(
    ({ option, expected }) => option === undefined && expected.includes(variable),
  );
  return isMisspelt ? problems.filter((problem) => !isMissingGroup(problem)) : problems;
}

function isMissingGroup({ option, given }: ConfigProblem): boolean {
  return option === 'logGroupName' && given.startsWith('nothing');
}

function addProblem(findings: Findings, problem: ConfigProblem): void {
  const message = `${nameOf(problem)}: expected ${problem.expected}; given: ${problem.given}.`;
  if (problem.option === undefined) addMisspelt(findings, problem);
  else if (isMissingGroup(problem))
    findings.add('PL-LOG-GROUP-NAME-MISSING', 'No log group is named.', {
      details: [`Looked at: ${flagOf('logGroupName')}, ${variableOf('logGroupName')}`],
      fix: command`export ${variableOf('logGroupName')}=/my/app`,
    });
  else findings.add('PL-OPTION-INVALID', message, { fix: advice(`Set it to ${problem.expected}.`) });
}

function addMisspelt(findings: Findings, { variable = '', expected }: ConfigProblem): void {
  const [, meant] = /did you mean (\w+)/.exec(expected) ?? [];
  const fix =
    meant === undefined
      ? command`unset ${variable}`
      : command`export ${meant}="$${variable}"; unset ${variable}`;
  const suffix = meant === undefined ? '' : `; ${meant} is`;
  findings.add('PL-VARIABLE-MISSPELT', `The variable ${variable} is not known${suffix}.`, { fix });
}

function addUnknown(findings: Findings, names: readonly string[], details: readonly string[]): void {
  findings.add('PL-VARIABLE-UNKNOWN', `Unknown variables are ignored: ${names.join(', ')}.`, {
    details,
    fix: command`unset ${names}`,
  });
}

/** Every value that is not the default, and where it comes from. Never a secret. */
function valuesWithOrigins(config: Config, given: Given): string[] {
  const values = (Object.keys(OPTIONS) as OptionName[])
    .filter((name) => !('isSecret' in OPTIONS[name]) && config[name] !== OPTIONS[name].default)
    .map((name) => `${name} = ${redact(textOf(config[name]))} (${originOf(name, given)})`);
  return [...values, ...proxyVariables(given)];
}

/** The variables of a proxy, which are not an option's. Without user name and password. */
function proxyVariables({ options, env }: Given): string[] {
  if (options.proxy !== undefined || env[variableOf('proxy')]) return [];
  return ['HTTPS_PROXY', 'HTTP_PROXY'].flatMap((upper) => {
    const name = env[upper.toLowerCase()] === undefined ? upper : upper.toLowerCase();
    const value = env[name];
    return value ? [`proxy = ${redact(value.replace(/^(.*\/\/)?.*@/, '$1'))} (${name})`] : [];
  });
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : inspect(value, { breakLength: Number.POSITIVE_INFINITY });
}
