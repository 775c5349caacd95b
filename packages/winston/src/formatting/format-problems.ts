import type { ConfigProblem } from '@putlogs/core/main-thread';

/** What is wrong with a transport's own format. winston-transport calls its `transform` with each record. */
export function formatProblems(format: unknown): ConfigProblem[] {
  if (format === undefined) return [];
  const isFormat = typeof format === 'object' && format !== null && 'transform' in format;
  if (isFormat && typeof format.transform === 'function') return [];
  const expected =
    'a format of winston, such as winston.format.json() or winston.format((info) => info)(); for the text of an event, the file that the option module names may export format';
  return [{ option: 'format', expected, given: format === null ? 'null' : `a ${typeof format}` }];
}
