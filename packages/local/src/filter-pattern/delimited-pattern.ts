import { readComparison } from './comparison.js';
import { type Condition, readCondition } from './condition.js';
import { RegexCount } from './regex.js';
import { Scanner } from './scanner.js';

const NAME = /\w+/y;

/** One field of the pattern, or `...`, which stands for any number of fields. */
type Field = Condition<string> | '...';

/** The pattern of messages of words, such as `[ip, ..., status = 4* || status = 5*, bytes]`. */
export function parseDelimitedPattern(pattern: string): (message: string) => boolean {
  const fields = readFields(new Scanner(pattern));
  const gap = fields.indexOf('...');
  if (gap < 0) return (message) => allHold(fields, splitFields(message, fields.length));
  const before = fields.slice(0, gap);
  const after = fields.slice(gap + 1);
  return (message) => {
    const words = splitFields(message);
    if (words.length < before.length + after.length) return false;
    const tail = after.length === 0 ? [] : words.slice(-after.length);
    return allHold(before, words.slice(0, before.length)) && allHold(after, tail);
  };
}

const allHold = (fields: readonly Field[], words: readonly string[]): boolean =>
  words.length === fields.length &&
  fields.every((holds, index) => holds === '...' || holds(words[index] ?? ''));

function readFields(scanner: Scanner): readonly Field[] {
  const regexes = new RegexCount();
  const fields: Field[] = [];
  scanner.expect('[');
  do fields.push(readField(scanner, regexes));
  while (scanner.take(','));
  scanner.expect(']');
  if (!scanner.isAtEnd) throw scanner.error('the pattern ends here');
  if (fields.filter((field) => field === '...').length > 1) throw scanner.error("more than one '...'");
  return fields;
}

/** A field may have a name alone, or conditions, all of which must name it. */
function readField(scanner: Scanner, regexes: RegexCount): Field {
  if (scanner.take('...')) return '...';
  let name: string | undefined;
  let comparisons = 0;
  let conditions = 0;
  const condition = readCondition<string>(scanner, () => {
    const found = scanner.match(NAME)?.toLowerCase();
    if (found === undefined) throw scanner.error('the name of a field is expected');
    name ??= found;
    if (found !== name)
      throw scanner.error(`the conditions of a field name one field, not '${name}' and '${found}'`);
    conditions++;
    const comparison = readComparison(scanner, regexes);
    if (!comparison) return () => true;
    comparisons++;
    return comparison;
  });
  if (conditions > 1 && comparisons < conditions) throw scanner.error('an operator is expected');
  return condition;
}

/** "Characters between brackets and double quotation marks are considered single fields." */
const WORD = /\[[^\]]*\]|"[^"]*"|\S+/g;

/** The fields of a message. The last of `count` fields takes the rest of the message. */
function splitFields(message: string, count = Infinity): readonly string[] {
  const words: string[] = [];
  for (const { 0: word, index } of message.matchAll(WORD)) {
    const isRest = words.length === count - 1 && index + word.length < message.trimEnd().length;
    words.push(isRest ? message.slice(index).trimEnd() : unwrap(word));
    if (isRest) break;
  }
  return words;
}

const unwrap = (word: string): string => (/^(?:\[[^\]]*\]|"[^"]*")$/.test(word) ? word.slice(1, -1) : word);
