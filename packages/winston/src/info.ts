/** What Winston hands to a format, and to a transport. */
export type Info = Record<string | symbol, unknown>;

/** Where Winston's formats leave the finished text: https://github.com/winstonjs/winston#streams-objectmode-and-info-objects */
export const MESSAGE = Symbol.for('message');

/** @returns undefined also where the application's getter or Proxy throws */
export function readField(object: object, key: string | symbol): unknown {
  try {
    return Reflect.get(object, key);
  } catch {
    return undefined;
  }
}
