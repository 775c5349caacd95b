import type { Readable } from 'node:stream';
import { timeOfLine } from './line-time.js';

/** An event that a line of an application has become. */
export interface LineEvent {
  readonly timestamp: number;
  readonly message: string;
}

/** Characters after which a line without an end is cut. */
const MAX_LINE = 1_000_000;
/** A line that goes on with the one before it, as those of a stack or of an inspected object do. */
const CONTINUATION = /^[\s}\])]/;

/**
 * Reads the lines of an application, and passes them on in the pieces in which they arrive.
 * @param now the time of lines that state none
 * @returns when the input has ended
 */
export async function readLines(
  input: Readable,
  now: () => number,
  onEvents: (events: readonly LineEvent[]) => void,
): Promise<void> {
  let rest = '';
  const pass = (lines: readonly string[]): void => {
    const events = eventsOf(lines, now());
    if (events.length > 0) onEvents(events);
  };
  for await (const chunk of input.setEncoding('utf8')) {
    const lines = `${rest}${chunk}`.split(/\r?\n/);
    rest = lines.pop() ?? '';
    if (rest.length > MAX_LINE) {
      lines.push(rest);
      rest = '';
    }
    pass(lines);
  }
  pass([rest]);
}

/** In order of their time, since a stream of log events has this order. */
function eventsOf(lines: readonly string[], now: number): readonly LineEvent[] {
  const messages: string[] = [];
  for (const line of lines) {
    const previous = messages.at(-1);
    if (line.trim() === '') continue;
    if (previous !== undefined && CONTINUATION.test(line))
      messages[messages.length - 1] = `${previous}\n${line}`;
    else messages.push(line);
  }
  return messages
    .map((message) => ({ timestamp: timeOfLine(message) ?? now, message }))
    .sort((a, b) => a.timestamp - b.timestamp);
}
