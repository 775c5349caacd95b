const CONTEXT = 3;

/** The most pairs of lines that are compared. Beyond, all that differs is one part. */
const MAX_PAIRS = 4_000_000;

/** A line, in the text before, in the text after, or in both. */
interface Line {
  readonly sign: ' ' | '-' | '+';
  readonly text: string;
}

/** The differences between two texts, line by line, in the unified format of diff. */
export function diff(path: string, before: string, after: string): readonly string[] {
  const lines = compare(linesOf(before), linesOf(after));
  const output = [`--- ${path}`, `+++ ${path}`];
  let [oldLine, newLine] = [1, 1];
  for (const hunk of hunks(lines)) {
    const skipped = hunk.start - (oldLine - 1 + addedBefore(lines, hunk.start));
    oldLine += skipped;
    newLine += skipped;
    const shown = lines.slice(hunk.start, hunk.end);
    const [removed, added] = [
      shown.filter(({ sign }) => sign !== '+').length,
      shown.filter(({ sign }) => sign !== '-').length,
    ];
    output.push(`@@ -${oldLine},${removed} +${newLine},${added} @@`);
    output.push(...shown.map(({ sign, text }) => sign + text));
    oldLine += removed;
    newLine += added;
  }
  return output;
}

function linesOf(text: string): readonly string[] {
  return text.replace(/\n$/, '').split('\n');
}

function addedBefore(lines: readonly Line[], end: number): number {
  return lines.slice(0, end).filter(({ sign }) => sign === '+').length;
}

/** The ranges of lines to show: those that differ, and some around them. */
function hunks(lines: readonly Line[]): readonly { readonly start: number; readonly end: number }[] {
  const found: { start: number; end: number }[] = [];
  for (const [index, { sign }] of lines.entries()) {
    if (sign === ' ') continue;
    const [start, end] = [Math.max(0, index - CONTEXT), Math.min(lines.length, index + CONTEXT + 1)];
    const last = found.at(-1);
    if (last !== undefined && start <= last.end) last.end = end;
    else found.push({ start, end });
  }
  return found;
}

/** The longest common subsequence, after what both texts begin and end with. */
function compare(before: readonly string[], after: readonly string[]): readonly Line[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let same = 0;
  while (
    same < Math.min(before.length, after.length) - start &&
    before[before.length - 1 - same] === after[after.length - 1 - same]
  )
    same++;
  const common = (text: string): Line => ({ sign: ' ', text });
  return [
    ...before.slice(0, start).map(common),
    ...middle(before.slice(start, before.length - same), after.slice(start, after.length - same)),
    ...before.slice(before.length - same).map(common),
  ];
}

function middle(before: readonly string[], after: readonly string[]): readonly Line[] {
  if (before.length * after.length > MAX_PAIRS)
    return [
      ...before.map((text) => ({ sign: '-', text }) as const),
      ...after.map((text) => ({ sign: '+', text }) as const),
    ];
  // lengths[i][j]: how many lines before[i…] and after[j…] have in common.
  const lengths = Array.from({ length: before.length + 1 }, () => new Uint32Array(after.length + 1));
  const at = (i: number, j: number) => lengths[i]?.[j] ?? 0;
  for (let i = before.length - 1; i >= 0; i--)
    for (let j = after.length - 1; j >= 0; j--) {
      const row = lengths[i];
      if (row !== undefined)
        row[j] = before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  const lines: Line[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && before[i] === after[j]) {
      lines.push({ sign: ' ', text: before[i] ?? '' });
      i++;
      j++;
    } else if (i < before.length && (j === after.length || at(i + 1, j) >= at(i, j + 1)))
      lines.push({ sign: '-', text: before[i++] ?? '' });
    else lines.push({ sign: '+', text: after[j++] ?? '' });
  }
  return lines;
}
