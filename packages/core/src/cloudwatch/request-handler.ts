import type { CloudWatchLogsClientConfig } from '@aws-sdk/client-cloudwatch-logs';
import type { RequestHandlerOptions } from './network.js';

/** How the SDK's clients connect: an object that does it, or options of the SDK's own. */
export type RequestHandler = NonNullable<CloudWatchLogsClientConfig['requestHandler']>;

/** The user's handler, or else our own. Options of the user's are added to ours. */
export function chooseRequestHandler(given: object | undefined, own: RequestHandlerOptions): RequestHandler {
  if (given === undefined) return { ...own };
  return isHandler(given) ? given : { ...own, ...given };
}

type Handler = Extract<RequestHandler, { handle: unknown }>;

function isHandler(given: object): given is Handler {
  return 'handle' in given && typeof given.handle === 'function';
}
