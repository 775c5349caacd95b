import { between, integer, MIB, text } from './option-types.js';

/** What is kept on disk. */
export const DISK_OPTIONS = {
  /**
   * A directory for events that wait, so that they survive the process and take little memory. Several
   * processes may share it. Default: no spool.
   */
  spoolDirectory: text((path) => path.length >= 1 && !path.includes('\0'), {
    default: undefined,
    expected: 'the path of a folder',
  }),
  /**
   * The maximum that one process keeps in the spool, in bytes, from 8388608 to 1099511627776. Above it,
   * the oldest batch is dropped. Each batch counts as at least 8 KiB.
   * @default 536870912
   */
  spoolMaxBytes: integer(between(8 * MIB, 1024 * 1024 * MIB), {
    default: 512 * MIB,
    expected: `a whole number from ${8 * MIB} (8 MiB) to ${1024 * 1024 * MIB}`,
  }),
  /**
   * A file for events that the service rejects permanently, as NDJSON with reason, time and destination.
   * Default: none.
   */
  deadLetterFile: text((path) => path.length >= 1 && !path.includes('\0'), {
    default: undefined,
    expected: 'the path of a file',
  }),
  /**
   * The maximum size of the dead letters on disk, in bytes, from 1048576 to 1099511627776. At half of it
   * the file is renamed to `<file>.1`, which replaces the previous one.
   * @default 67108864
   */
  deadLetterMaxBytes: integer(between(MIB, 1024 * 1024 * MIB), {
    default: 64 * MIB,
    expected: `a whole number from ${MIB} (1 MiB) to ${1024 * 1024 * MIB}`,
  }),
} as const;
