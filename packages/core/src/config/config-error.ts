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

  constructor(problems: readonly ConfigProblem[]) {
    const lines = problems.map(
      (problem) => `  ${nameOf(problem)}: expected ${problem.expected}; given: ${problem.given}`,
    );
    super(`awslogs cannot start with this configuration:\n${lines.join('\n')}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

function nameOf({ option, variable }: ConfigProblem): string {
  if (option === undefined) return `environment variable ${variable}`;
  return variable === undefined ? option : `${option} (environment variable ${variable})`;
}
