import { type Config, ConfigError, type ConfigProblem, resolveConfig } from '@putlogs/core/main-thread';
import { UsageError } from '../terminal/usage-error.js';
import { flagOf, type Given } from './option-flags.js';

/** @throws {UsageError} that names every mistake */
export function resolveGiven({ options, env }: Given): Config {
  try {
    return resolveConfig(options, env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const problems = error.problems.map(problemText);
    throw new UsageError(
      ['These options are not valid:', ...problems, 'putlogs doctor explains them.'].join('\n'),
    );
  }
}

/** The same for a command that sends nothing, so that any log group will do. */
export function resolveWithoutGroup(given: Given): Config {
  const isGiven = given.options.logGroupName !== undefined || given.env.PUTLOGS_LOG_GROUP_NAME;
  return resolveGiven(isGiven ? given : { ...given, options: { ...given.options, logGroupName: 'any' } });
}

function problemText(problem: ConfigProblem): string {
  return `  ${nameOf(problem)}: expected ${problem.expected}; given: ${problem.given}`;
}

/** A mistake's option as the command line and the environment call it. */
export function nameOf({ option, variable }: ConfigProblem): string {
  if (option === undefined) return `environment variable ${variable}`;
  return variable === undefined ? flagOf(option) : `${flagOf(option)} (${variable})`;
}
