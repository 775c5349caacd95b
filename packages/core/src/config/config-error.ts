import { redact } from '../util/redact.js';

/** One thing that is wrong with the configuration. */
export interface ConfigProblem {
  /** The option's name; `entity.name` for a field of one. Left out for an unknown variable. */
  readonly option?: string;
  /** The environment variable that sets the same. Left out where there is none. */
  readonly variable?: string;
  /** What is accepted, and the nearest known name where a name is unknown. */
  readonly expected: string;
  /** What was given instead. Never the value of an unknown option or variable, which may be a secret. */
  readonly given: string;
}

/** Thrown at once, for everything that is wrong with the configuration together. */
export class ConfigError extends Error {
  readonly problems: readonly ConfigProblem[];

  constructor(found: readonly ConfigProblem[]) {
    const problems = found.map(redacted);
    const lines = problems.map(
      (problem) => `  ${nameOf(problem)}: expected ${problem.expected}; given: ${problem.given}`,
    );
    super(`putlogs cannot start with this configuration:\n${lines.join('\n')}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/** Each part on its own: together `token: expected …` would look like a secret. */
function redacted(problem: ConfigProblem): ConfigProblem {
  const parts = Object.entries(problem).map(([part, text]: [string, string]) => [part, redact(text)]);
  return Object.fromEntries(parts) as ConfigProblem;
}

function nameOf({ option, variable }: ConfigProblem): string {
  if (option === undefined) return `environment variable ${variable}`;
  return variable === undefined ? option : `${option} (environment variable ${variable})`;
}
