import { flag } from './option-types.js';

/** The text of events, and reports. */
export const RECORD_OPTIONS = {
  /**
   * Write Pino's numeric level as its name: `"level":30` at the front of a line becomes `"level":"info"`.
   * Winston writes names anyway.
   * @default false
   */
  levelLabels: flag({ default: false }),
  /**
   * Also write problems to stderr, in addition to the `'report'` event.
   * @default true
   */
  reportToStderr: flag({
    default: true,
  }),
} as const;
