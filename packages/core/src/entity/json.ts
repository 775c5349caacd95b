export type Json = Readonly<Record<string, unknown>>;

/** Of what is no object nothing is known. */
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
