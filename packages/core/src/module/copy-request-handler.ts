/** What the clients of the AWS SDK use of a handler, without `destroy`: they would end it, and it may serve others. */
const HANDLER_MEMBERS = ['handle', 'metadata', 'updateHttpClientConfig', 'httpHandlerConfigs'];

/**
 * Copies the `requestHandler` of a module: a handler, or options of one. The SDK gets a plain object, whatever the module's is.
 * @throws what a getter of the object throws
 */
export function copyRequestHandler(given: object): object {
  if (typeof Reflect.get(given, 'handle') !== 'function') return { ...given };
  const members = HANDLER_MEMBERS.filter((name) => name in given);
  return Object.fromEntries(members.map((name) => [name, bound(Reflect.get(given, name), given)]));
}

function bound(value: unknown, owner: object): unknown {
  return typeof value === 'function' ? value.bind(owner) : value;
}
