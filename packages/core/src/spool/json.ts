export type Json = Readonly<Record<string, unknown>>;

/** @returns undefined when the text is no JSON, or not that of an object */
export function parseObject(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined; // torn or corrupt: the caller's business
  }
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null;
}
