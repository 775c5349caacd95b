import { parseDelimitedPattern } from './delimited-pattern.js';
import { FilterPatternError } from './filter-pattern-error.js';
import { parseJsonPattern } from './json-pattern.js';
import { parseTerms } from './terms.js';

/**
 * The filter patterns of CloudWatch Logs:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html. This folder imports nothing of
 * Node, so that a page can use it too.
 * @returns whether a message matches. The empty pattern matches all messages
 * @throws {FilterPatternError} if the service would refuse the pattern
 */
export function parseFilterPattern(pattern: string): (message: string) => boolean {
  const text = pattern.trim();
  if (text.startsWith('{')) {
    checkEnd(text, '{', '}');
    return parseJsonPattern(text);
  }
  if (text.startsWith('[')) {
    checkEnd(text, '[', ']');
    return parseDelimitedPattern(text);
  }
  return parseTerms(text);
}

/** The service's message for braces: https://github.com/jorgebastida/awslogs/issues/210. That for brackets is inferred. */
function checkEnd(text: string, start: string, end: string): void {
  if (text.endsWith(end)) return;
  const message = `If a filter pattern starts with '${start}' it must end with '${end}'`;
  throw new FilterPatternError(`${message}.`, message);
}
