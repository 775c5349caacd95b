/** What was read from `key=value,key=value`. */
export interface KeyValues {
  readonly pairs: ReadonlyMap<string, string>;
  /**
   * Entries that cannot be read and are left out: their keys, or their positions (`entry 2`) where the key cannot be
   * read, since the text of such an entry may be part of a secret value.
   */
  readonly malformed: readonly string[];
}

/** Reads percent-encoded `key=value,key=value`, the format of OTEL_RESOURCE_ATTRIBUTES. The last of equal keys counts. */
export function parseKeyValues(text: string): KeyValues {
  const pairs = new Map<string, string>();
  const malformed: string[] = [];
  const entries = text.split(',').filter((entry) => entry.trim() !== '');
  for (const [i, entry] of entries.entries()) {
    const equals = entry.indexOf('=');
    const key = decode(entry.slice(0, Math.max(equals, 0)));
    const value = decode(entry.slice(equals + 1));
    if (key && value !== undefined) pairs.set(key, value);
    else malformed.push(key || `entry ${i + 1}`);
  }
  return { pairs, malformed };
}

/** @returns undefined for an invalid percent-encoding */
function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.trim());
  } catch {
    return undefined;
  }
}
