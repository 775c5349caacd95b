import type { Middlewares } from './exchange.js';

/** What a middleware sees of a request that is signed. */
interface SignedRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** @param tell is called once, for the first request that shows a session token to everybody on its way to another machine */
export function watchForShownTokens(middlewares: Middlewares, tell: (hostname: string) => void): void {
  let isTold = false;
  middlewares.add(
    (next) => (args) => {
      const { protocol, hostname, headers } = args.request as unknown as SignedRequest;
      const showsToken = protocol === 'http:' && 'x-amz-security-token' in headers && !isLoopback(hostname);
      if (showsToken && !isTold) tell(hostname);
      isTold ||= showsToken;
      return next(args);
    },
    { step: 'deserialize', priority: 'low', name: 'putlogsPlainHttp' },
  );
}

/** Whether requests to it do not leave this machine. */
export function isLoopback(hostname: string): boolean {
  return /^(?:(?:.*\.)?localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/i.test(hostname);
}
