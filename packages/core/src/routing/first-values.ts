/** A name with an escape in it, which a search for its plain text would miss. */
const ESCAPED_NAME = /\\[^"\\]*"+\s*:/;

/** Whether the top of a JSON object may have two values of a name. It is seldom so, and cheap to find out. */
export function mayStandTwice(name: string, json: string): boolean {
  const key = JSON.stringify(name);
  const hasManyForms = key.includes('\\'); // the search is for one, and the pattern finds not all of the others
  return hasManyForms || json.indexOf(key) !== json.lastIndexOf(key) || ESCAPED_NAME.test(json);
}

/** The first value of each name at the top of a JSON object. @param json whole, as JSON.parse takes it */
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

/** @param start where its first quote stands @returns the offset behind its last */
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

/** What a value may hold that is more than itself, and what ends it. */
const MARK = /["[\]{},]/g;

/** @returns the offset of the comma or brace behind a value */
function endOfValue(json: string, start: number): number {
  let depth = 0;
  MARK.lastIndex = start;
  for (let match = MARK.exec(json); match !== null; match = MARK.exec(json)) {
    const { 0: mark, index } = match;
    if (mark === '"') MARK.lastIndex = endOfString(json, index);
    else if (mark === '{' || mark === '[') depth++;
    else if (depth === 0) return index;
    else if (mark !== ',') depth--;
  }
  return json.length;
}
