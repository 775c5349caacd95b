import type { Reporter } from '../reporting/reporter.js';
import { errorMessage } from '../util/error-message.js';
import { suggestion } from '../util/suggestion.js';
import { MODULE_EXPORTS, type ModuleExport, type RecordFunction } from './transport-module.js';

type Called = RecordFunction | 'onReport';

/** What happens when a function fails. */
const CONSEQUENCES: Readonly<Record<Called, string>> = {
  filter: 'The record is sent',
  format: 'The record is sent as it was logged',
  logGroupName: 'The record goes to the log group that the options give',
  logStreamName: 'The record goes to the log stream that the options give',
  onReport: 'The report is emitted all the same',
};

const ADVICE =
  'Correct the function: a record may lack any field, and a text that is not a JSON object is { message }.';

const NAMES = Object.keys(MODULE_EXPORTS);

/** Reports what is wrong with a module: each kind of problem at once, and again at most once a minute. */
export class ModuleProblems {
  readonly #path: string;
  readonly #reporter: Reporter;

  constructor(path: string, reporter: Reporter) {
    this.#path = path;
    this.#reporter = reporter;
  }

  notLoaded(error: unknown): void {
    const isAsync = error instanceof Error && 'code' in error && error.code === 'ERR_REQUIRE_ASYNC_MODULE';
    const reason = isAsync
      ? 'It, or a module that it imports, uses await outside of functions. Do that in a function.'
      : `Correct it. (${errorMessage(error)})`;
    this.#report(
      'load',
      `The module ${this.#path} cannot be loaded. Records are sent without it, as they were logged. ${reason}`,
    );
  }

  unknownExports(names: readonly string[]): void {
    const unknown = names.map((name) => `${name}${suggestion(name, NAMES)}`).join(', ');
    this.#report(
      'unknown',
      `The module ${this.#path} exports what has no meaning, and is ignored: ${unknown}. ${KNOWN}`,
    );
  }

  nothingExported(): void {
    this.#report('nothing', `The module ${this.#path} exports nothing that is used. ${KNOWN}`);
  }

  wrongExport(name: ModuleExport, type: string): void {
    this.#report(
      `${name} type`,
      `The module ${this.#path} exports ${name} as ${type}. It is ignored: it must be ${MODULE_EXPORTS[name]}.`,
    );
  }

  unusableExport(name: ModuleExport, error: unknown): void {
    this.#report(
      `${name} unusable`,
      `The module ${this.#path} exports ${name}, which cannot be used, and is ignored. Correct it. (${errorMessage(error)})`,
    );
  }

  threw(name: Called, error: unknown): void {
    const advice = name === 'onReport' ? 'Correct the function.' : ADVICE;
    this.#report(
      `${name} threw`,
      `${name} of the module ${this.#path} failed. ${CONSEQUENCES[name]}. ${advice} (${errorMessage(error)})`,
    );
  }

  /** @param result what the function returned, without its content: a promise, undefined, … */
  returned(name: RecordFunction, result: string, expected: string): void {
    const advice =
      result === 'a promise' ? 'The result is needed at once: the function must not be async.' : ADVICE;
    this.#report(
      `${name} returned`,
      `${name} of the module ${this.#path} returned ${result} instead of ${expected}. ${CONSEQUENCES[name]}. ${advice}`,
    );
  }

  uncaught(error: unknown): void {
    this.#report(
      'uncaught',
      `An error in the worker thread was not caught. It comes from the module ${this.#path}, from what it started, or from a file that is preloaded in each thread. Delivery goes on. Catch it where it occurs. (${errorMessage(error)})`,
    );
  }

  #report(kind: string, text: string): void {
    this.#reporter.problem('module', text, `module ${kind}`);
  }
}

const KNOWN = `A module may export ${NAMES.join(', ')}.`;
