import { redact } from '../util/redact.js';

/** One error in the configuration. */
export interface ConfigProblem {
  /** The name of the option, or of a field such as `entity.name`. Absent for an unknown environment variable. */
  readonly option?: string;
  /**
   * The environment variable that set the option, or that would set an option which is missing, or the unknown variable.
   * Absent if the value was given in code.
   */
  readonly variable?: string;
  /** What is accepted; for an unknown name also the most similar known name. */
  readonly expected: string;
  /** What was given instead, without secrets. The value of an unknown option or variable is never shown. */
  readonly given: string;
}

/** Marks the errors of each copy of this class: of the ES module and of the CommonJS one. */
const BRAND = Symbol.for('putlogs.ConfigError');

/**
 * The configuration is invalid. It is thrown when a transport or pipeline is created, once for all errors. The message
 * lists them, one a line.
 */
export class ConfigError extends Error {
  /** All errors that were found. */
  readonly problems: readonly ConfigProblem[];

  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && BRAND in value;
  }

  constructor(unsafeProblems: readonly ConfigProblem[]) {
    const problems = unsafeProblems.map(redacted);
    const lines = problems.map(
      (problem) => `  ${nameOf(problem)}: expected ${problem.expected}; given: ${problem.given}`,
    );
    super(`putlogs cannot start with this configuration:\n${lines.join('\n')}`);
    this.name = 'ConfigError';
    this.problems = problems;
    Object.defineProperty(this, BRAND, { value: true });
  }
}

/** Each part separately, since `token: expected …` as a whole looks like a secret. */
function redacted(problem: ConfigProblem): ConfigProblem {
  const parts = Object.entries(problem).map(([part, text]: [string, string]) => [part, redact(text)]);
  return Object.fromEntries(parts) as ConfigProblem;
}

function nameOf({ option, variable }: ConfigProblem): string {
  if (option === undefined) return `environment variable ${variable}`;
  return variable === undefined ? option : `${option} (environment variable ${variable})`;
}
