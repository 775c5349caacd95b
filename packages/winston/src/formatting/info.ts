/** A record, as Winston passes it to formats and transports. */
export type Info = Record<string | symbol, unknown>;

/** Where formats leave the finished text: https://github.com/winstonjs/winston#streams-objectmode-and-info-objects */
export const MESSAGE = Symbol.for('message');

/** Where Winston keeps the level, which a format may have coloured in the field of that name. */
export const LEVEL = Symbol.for('level');

/** @returns undefined also if a getter or Proxy of the application throws */
export function readField(object: object, key: string | symbol): unknown {
  try {
    return Reflect.get(object, key);
  } catch {
    return undefined;
  }
}
