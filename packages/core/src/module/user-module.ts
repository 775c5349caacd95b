import type { ChosenNames, Transform } from '../contracts/transform.js';
import type { Report } from '../reporting/report-types.js';
import type { Reporter } from '../reporting/reporter.js';
import { onOwnStack } from '../util/at-exit.js';
import { parseObject } from '../util/json.js';
import { loadModule, typeOf } from './load-module.js';
import { ModuleProblems } from './module-problems.js';
import type { LogRecord, RecordFunction, TransportModule } from './transport-module.js';

/** What a function has to return. */
interface Result<T> {
  readonly expected: string;
  accepts(value: unknown): value is T;
}

const FLAG: Result<boolean> = {
  expected: 'true or false',
  accepts: (value) => typeof value === 'boolean',
};

/** The service takes no empty event, so an empty text would lose the record. */
const TEXT: Result<string> = {
  expected: 'a text that is not empty',
  accepts: (value): value is string => typeof value === 'string' && value !== '',
};

const NAME: Result<string | undefined> = {
  expected: 'a name or undefined',
  accepts: (value): value is string | undefined =>
    value === undefined || (typeof value === 'string' && value.trim() !== ''),
};

/** How the user's module reaches AWS. */
export interface ModuleConnection {
  readonly findCredentials: TransportModule['credentials'];
  readonly requestHandler: TransportModule['requestHandler'];
}

/** The module that the user names in the option `module`. Whatever it does, no method throws, and every record is sent. */
export class UserModule {
  readonly #problems: ModuleProblems;
  readonly #exports: TransportModule;

  /** @param path of the file */
  constructor(path: string, reporter: Reporter) {
    this.#problems = new ModuleProblems(path, reporter);
    this.#exports = loadModule(path, this.#problems);
  }

  /** For the client of the service, which reports what fails there. */
  get connection(): ModuleConnection {
    const { credentials, requestHandler } = this.#exports;
    return { findCredentials: credentials, requestHandler };
  }

  /** Undefined if no function needs the records, which then need not be parsed. */
  get transform(): Transform | undefined {
    const { filter, format, logGroupName, logStreamName } = this.#exports;
    const reads = [filter, format, logGroupName, logStreamName].some((exported) => exported !== undefined);
    return reads ? (text) => this.#transform(text) : undefined;
  }

  /** Passes a report on. */
  onReport(report: Report): void {
    const { onReport } = this.#exports;
    if (onReport === undefined) return;
    // On a stack of its own: it may log, in the middle of a change of the pipeline's state.
    onOwnStack(() => {
      try {
        const result: unknown = onReport(report);
        if (isPromise(result)) result.then(undefined, (error) => this.#problems.threw('onReport', error));
      } catch (error) {
        this.#problems.threw('onReport', error);
      }
    });
  }

  /** Nobody caught an error in the thread that belongs to the pipeline and this module. */
  uncaught(error: unknown): void {
    this.#problems.uncaught(error);
  }

  #transform(text: string | Buffer): ReturnType<Transform> {
    const { filter, format, logGroupName, logStreamName } = this.#exports;
    const record = toRecord(String(text));
    if (this.#call('filter', filter, record, FLAG) === false) return 'filtered';
    const names: ChosenNames = {
      logGroupName: this.#call('logGroupName', logGroupName, record, NAME),
      logStreamName: this.#call('logStreamName', logStreamName, record, NAME),
    };
    return { text: this.#call('format', format, record, TEXT) ?? text, names };
  }

  /** @returns undefined if there is no such function, or if it failed */
  #call<T>(
    name: RecordFunction,
    exported: ((record: LogRecord) => unknown) | undefined,
    record: LogRecord,
    { accepts, expected }: Result<T>,
  ): T | undefined {
    if (exported === undefined) return undefined;
    try {
      const result = exported(record);
      if (accepts(result)) return result;
      this.#problems.returned(name, describe(result), expected);
    } catch (error) {
      this.#problems.threw(name, error);
    }
    return undefined;
  }
}

function toRecord(text: string): LogRecord {
  return (text.startsWith('{') ? parseObject(text) : undefined) ?? { message: text };
}

/** What a function returned, without its content. A promise that is not wanted must not end the thread when it rejects. */
function describe(result: unknown): string {
  if (result === '') return 'an empty text';
  if (typeof result === 'string') return 'a blank text';
  if (!isPromise(result)) return typeOf(result);
  result.then(undefined, () => undefined);
  return 'a promise';
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
