/** A name that contains an escape, and so is not found by its plain text. */
const ESCAPED_NAME = /\\[^"\\]*"+\s*:/;

/** Whether the top level of a JSON object may contain a name twice. This check is cheap, and seldom true. */
export function mayRepeat(name: string, json: string): boolean {
  const key = JSON.stringify(name);
  // Such a name can be written in several ways, not all of which the pattern below matches.
  const isEscaped = key.includes('\\');
  return isEscaped || json.indexOf(key) !== json.lastIndexOf(key) || ESCAPED_NAME.test(json);
}

/** The first value of each name at the top level of a JSON object. @param json valid JSON */
export function firstValues(names: readonly string[], json: string): Record<string, unknown> {
  const found: Record<string, unknown> = Object.create(null);
  let left = new Set(names).size;
  let at = json.indexOf('"');
  while (at > 0 && left > 0) {
    const keyEnd = endOfString(json, at);
    const name: string = JSON.parse(json.slice(at, keyEnd));
    const start = json.indexOf(':', keyEnd) + 1;
    const end = endOfValue(json, start);
    if (names.includes(name) && !(name in found)) {
      found[name] = JSON.parse(json.slice(start, end));
      left--;
    }
    at = json.indexOf('"', end);
  }
  return found;
}

/** @param start the offset of the opening quote @returns the offset after the closing quote */
function endOfString(json: string, start: number): number {
  let quote = json.indexOf('"', start + 1);
  while (isEscaped(json, quote)) quote = json.indexOf('"', quote + 1);
  return quote + 1;
}

function isEscaped(json: string, offset: number): boolean {
  let backslashes = 0;
  while (json[offset - 1 - backslashes] === '\\') backslashes++;
  return backslashes % 2 === 1;
}

/** The characters that begin or end a nested value, or end the value. */
const DELIMITER = /["[\]{},]/g;

/** @returns the offset of the comma or brace after a value */
function endOfValue(json: string, start: number): number {
  let depth = 0;
  DELIMITER.lastIndex = start;
  for (let match = DELIMITER.exec(json); match !== null; match = DELIMITER.exec(json)) {
    const { 0: delimiter, index } = match;
    if (delimiter === '"') DELIMITER.lastIndex = endOfString(json, index);
    else if (delimiter === '{' || delimiter === '[') depth++;
    else if (depth === 0) return index;
    else if (delimiter !== ',') depth--;
  }
  return json.length;
}
