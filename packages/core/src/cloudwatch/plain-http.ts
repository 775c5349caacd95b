import type { MiddlewareStack } from './sdk-middleware.js';

/** A signed HTTP request of the SDK. */
interface SignedRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** @param warn is called once, for the first request that sends a session token to another machine unencrypted */
export function warnOfExposedTokens(stack: MiddlewareStack, warn: (hostname: string) => void): void {
  let hasWarned = false;
  stack.add(
    (next) => (args) => {
      const { protocol, hostname, headers } = args.request as unknown as SignedRequest;
      const exposesToken = protocol === 'http:' && 'x-amz-security-token' in headers && !isLoopback(hostname);
      if (exposesToken && !hasWarned) warn(hostname);
      hasWarned ||= exposesToken;
      return next(args);
    },
    { step: 'deserialize', priority: 'low', name: 'putlogsPlainHttpMiddleware' },
  );
}

/** Whether requests to this host stay on this machine. */
export function isLoopback(hostname: string): boolean {
  return /^(?:(?:.*\.)?localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/i.test(hostname);
}
