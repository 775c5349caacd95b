import type { LogEvent } from '../batching/log-event.js';
import type { Reporter } from '../reporting/reporter.js';
import { countFields } from '../routing/count-fields.js';

/**
 * "CloudWatch Logs Insights can extract a maximum of 200 log event fields from a JSON log."
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_AnalyzeLogData-discoverable-fields.html
 */
const MAX_FIELDS = 200;

/** One record in this many is looked at, the first included. */
const SAMPLE = 1000;

/** Looks for a record with more fields than CloudWatch Logs Insights finds, until there is one. */
export class FieldCheck {
  readonly #reporter: Reporter;
  #untilNext: number;

  /** @param logGroupClass Insights finds fields in the class STANDARD only, which is the default */
  constructor(logGroupClass: string | undefined, reporter: Reporter) {
    this.#reporter = reporter;
    const isFor = logGroupClass === undefined || logGroupClass === 'STANDARD';
    this.#untilNext = isFor ? 1 : Number.POSITIVE_INFINITY;
  }

  /** @param events those of a record @returns whether they are looked at, and are too many fields */
  finds(events: readonly LogEvent[]): boolean {
    if (--this.#untilNext > 0) return false;
    this.#untilNext = SAMPLE;
    const [event, ...more] = events;
    // The parts of a long record are not JSON by themselves.
    if (event === undefined || more.length > 0) return false;
    if (countFields(event.message, MAX_FIELDS) <= MAX_FIELDS) return false;
    this.#untilNext = Number.POSITIVE_INFINITY;
    return true;
  }

  report(): void {
    this.#reporter.problem(
      'insights-fields',
      `A record has more than ${MAX_FIELDS} fields, those of nested objects and the elements of arrays included. CloudWatch Logs Insights finds the first ${MAX_FIELDS} of a record. Log less in one record, or read the others with the command parse.`,
    );
  }
}
