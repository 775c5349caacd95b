export type Json = Readonly<Record<string, unknown>>;

/** An empty object when the text is not a JSON object. */
export function parseObject(text: string): Json {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null;
}
