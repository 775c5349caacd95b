import { between, flag, integer, MIB } from './option-types.js';

/** The text of events, and reports. */
export const RECORD_OPTIONS = {
  /**
   * Write Pino's numeric level as its name: `"level":30` at the front of a line becomes `"level":"info"`.
   * Winston writes names anyway.
   * @default false
   */
  levelLabels: flag({ default: false }),
  /**
   * The longest record, in bytes, from 1024 to 68719476736. A longer one is cut, and the end of its text says
   * how many bytes are missing. Default: what half of `maxBufferBytes` holds, which is always the limit.
   */
  maxRecordBytes: integer(between(1024, 64 * 1024 * MIB), {
    default: undefined,
    expected: `a whole number from 1024 to ${64 * 1024 * MIB}`,
  }),
  /**
   * Also write problems to stderr, in addition to the `'report'` event.
   * @default true
   */
  reportToStderr: flag({
    default: true,
  }),
} as const;
