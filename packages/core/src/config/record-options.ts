import { moduleFlaw, modulePath } from '../util/module-path.js';
import { between, flag, hrefOf, integer, MIB, text } from './option-types.js';

/** The text of events, the user's functions, and reports. */
export const RECORD_OPTIONS = {
  /**
   * Write Pino's numeric level as its name: `"level":30` at the front of a line becomes `"level":"info"`.
   * Winston writes names anyway.
   * @default false
   */
  levelLabels: flag({ default: false }),
  /**
   * The longest record, in bytes, from 1024 to 68719476736. A longer one is cut, and the end of its text says
   * how many bytes are missing. Default: what fits into half of `maxBufferBytes`, which always applies too.
   */
  maxRecordBytes: integer(between(1024, 64 * 1024 * MIB), {
    default: undefined,
    expected: `a whole number from 1024 to ${64 * 1024 * MIB}`,
  }),
  /**
   * A file of functions that run where records are processed: its path, relative to the main script, its
   * URL, or the name of a package. docs/module.md says what it may export. Default: none.
   */
  module: text((path) => modulePath(path) === path, {
    default: undefined,
    expected: 'the path of a file, relative to the main script, a file URL, or the name of a package',
    convert: moduleOf,
    flaw: moduleFlaw,
  }),
  /**
   * Also write problems to stderr, in addition to the `'report'` event.
   * @default true
   */
  reportToStderr: flag({
    default: true,
  }),
} as const;

/** The path of a module's file; if there is none, the text that was given. */
function moduleOf(value: unknown): string | undefined {
  const name = hrefOf(value) ?? value;
  return typeof name === 'string' ? (modulePath(name) ?? name) : undefined;
}
