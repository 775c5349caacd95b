import type { Report } from '../reporting/report-types.js';

/**
 * A record: the parsed JSON object that the logger wrote, or `{ message }` for any other text. It is a copy of its own, which a
 * function may change.
 */
export type LogRecord = Record<string, unknown>;

/** What the function `credentials` of a module finds. */
export interface FoundCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
  /** When they expire. They are looked up again before that. Default: never. */
  readonly expiration?: Date | undefined;
}

/**
 * What a module may export. It runs where records are processed: in the worker thread, or in-process. `filter`,
 * `logGroupName`, `logStreamName` and `format` are called in this order, with the same record, and have to return at once.
 */
export interface TransportModule {
  /**
   * Finds the AWS credentials, and is asked again before they expire or when the service refuses them. It comes before the
   * options `credentials` and `profile`.
   */
  readonly credentials?: (() => FoundCredentials | Promise<FoundCredentials>) | undefined;
  /**
   * How the AWS SDK connects: a `HttpHandler`, or options of its `NodeHttpHandler`. It comes before the options `proxy` and
   * `caFile`.
   */
  readonly requestHandler?: object | undefined;
  /** Returns the text of the event. Default: the text that was logged. */
  readonly format?: ((record: LogRecord) => string) | undefined;
  /** Returns whether the record is sent. Default: all are. */
  readonly filter?: ((record: LogRecord) => boolean) | undefined;
  /** Returns the name of the log group, or undefined for the one that the option `logGroupName` gives. */
  readonly logGroupName?: ((record: LogRecord) => string | undefined) | undefined;
  /** Returns the name of the log stream, or undefined for the one that the option `logStreamName` gives. */
  readonly logStreamName?: ((record: LogRecord) => string | undefined) | undefined;
  /** Gets each report of the pipeline, beside the `'report'` event. */
  readonly onReport?: ((report: Report) => void) | undefined;
}

/** The functions that get a record. */
export type RecordFunction = 'filter' | 'logGroupName' | 'logStreamName' | 'format';

export type ModuleExport = keyof TransportModule;

/** Each export, and what it has to be. */
export const MODULE_EXPORTS: Readonly<Record<ModuleExport, 'a function' | 'an object'>> = {
  credentials: 'a function',
  requestHandler: 'an object',
  format: 'a function',
  filter: 'a function',
  logGroupName: 'a function',
  logStreamName: 'a function',
  onReport: 'a function',
};

/**
 * Gives a module its types, and returns it unchanged.
 * @example
 * // logging.js, for the option `module: './logging.js'`
 * export default defineModule({ filter: ({ level }) => level !== 10 });
 */
export function defineModule(module: TransportModule): TransportModule {
  return module;
}
