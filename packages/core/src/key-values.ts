/**
 * Reads `key=value,key=value`, percent-encoded. An entry that cannot be read is left out, and the others are
 * kept: OpenTelemetry's own reader throws all of them away.
 */
export function parseKeyValues(text: string): Map<string, string> {
  const pairs = new Map<string, string>();
  for (const entry of text.split(',')) {
    const equals = entry.indexOf('=');
    const key = decode(entry.slice(0, Math.max(equals, 0)));
    const value = decode(entry.slice(equals + 1));
    if (key && value !== undefined) pairs.set(key, value);
  }
  return pairs;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.trim());
  } catch {
    // A stray percent sign.
    return undefined;
  }
}
