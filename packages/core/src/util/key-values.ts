/** What stands in `key=value,key=value`, percent-encoded. */
export interface KeyValues {
  readonly pairs: ReadonlyMap<string, string>;
  /**
   * The entries that could not be read, and are left out: by key, or by place (`entry 2`) where there is none, since what
   * stands without a key may be a piece of another's value.
   */
  readonly damaged: readonly string[];
}

export function parseKeyValues(text: string): KeyValues {
  const pairs = new Map<string, string>();
  const damaged: string[] = [];
  const entries = text.split(',').filter((part) => part.trim() !== '');
  for (const [i, entry] of entries.entries()) {
    const equals = entry.indexOf('=');
    const key = decode(entry.slice(0, Math.max(equals, 0)));
    const value = decode(entry.slice(equals + 1));
    if (key && value !== undefined) pairs.set(key, value);
    else damaged.push(key || `entry ${i + 1}`);
  }
  return { pairs, damaged };
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.trim());
  } catch {
    // A stray percent sign.
    return undefined;
  }
}
