import type { CloudWatchLogsClientConfig } from '@aws-sdk/client-cloudwatch-logs';
import type { RequestHandlerOptions } from './network.js';

/** How the SDK's clients connect: an object that does it, or options of the SDK's own. */
export type RequestHandler = NonNullable<CloudWatchLogsClientConfig['requestHandler']>;

/**
 * The user's handler, or else our own. Options of the user's are added to ours. A handler of the user's is not ended with a
 * client: it may serve others.
 */
export function chooseRequestHandler(given: object | undefined, own: RequestHandlerOptions): RequestHandler {
  if (given === undefined) return { ...own };
  return isHandler(given) ? withoutEnd(given) : { ...own, ...given };
}

type Handler = Extract<RequestHandler, { handle: unknown }>;

function isHandler(given: object): given is Handler {
  return 'handle' in given && typeof given.handle === 'function';
}

function withoutEnd(handler: Handler): Handler {
  return new Proxy(handler, {
    get(target, name) {
      if (name === 'destroy') return undefined;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
