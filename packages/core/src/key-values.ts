/** What stands in `key=value,key=value`, percent-encoded. */
export interface KeyValues {
  readonly pairs: ReadonlyMap<string, string>;
  /** Whether an entry could not be read. It is left out, and the others are there. */
  readonly isDamaged: boolean;
}

export function parseKeyValues(text: string): KeyValues {
  const pairs = new Map<string, string>();
  let isDamaged = false;
  for (const entry of text.split(',').filter((part) => part.trim() !== '')) {
    const equals = entry.indexOf('=');
    const key = decode(entry.slice(0, Math.max(equals, 0)));
    const value = decode(entry.slice(equals + 1));
    if (key && value !== undefined) pairs.set(key, value);
    else isDamaged = true;
  }
  return { pairs, isDamaged };
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.trim());
  } catch {
    // A stray percent sign.
    return undefined;
  }
}
