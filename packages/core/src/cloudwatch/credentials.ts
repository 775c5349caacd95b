import { CredentialsTimeoutError } from './client-errors.js';
import type { IdleTimers } from './idle-timers.js';
import type { RequestHandlerOptions } from './network.js';
import sdk from './sdk.cjs';

type Provider = ReturnType<typeof sdk.defaultProvider>;
type LookUp = ReturnType<Provider>;

/**
 * The SDK's default credentials, looked up again when the service refuses them or the look-up hangs. By itself the SDK keeps
 * credentials without an expiry for ever, never reads a file again, and waits without limit.
 */
export class Credentials {
  readonly #timers: IdleTimers;
  readonly #requestHandler: RequestHandlerOptions;
  #search: Provider;
  /** Shared by all calls that need credentials at the same time. */
  #lookUp: LookUp | undefined;

  /** @param requestHandler for the clients of STS and SSO, which some sources of credentials ask */
  constructor(timers: IdleTimers, requestHandler: RequestHandlerOptions) {
    this.#timers = timers;
    this.#requestHandler = requestHandler;
    this.#search = this.#newSearch();
  }

  /** For the client's configuration. `memoized` tells the SDK not to cache the result itself. */
  readonly provider: Provider & { readonly memoized: true } = Object.assign(
    (...args: Parameters<Provider>) => {
      this.#lookUp ??= this.#find(args).finally(() => {
        this.#lookUp = undefined;
      });
      return this.#lookUp;
    },
    { memoized: true as const },
  );

  /** The service refused the last credentials. A look-up in progress is newer than they are, and goes on. */
  renew(): void {
    if (this.#lookUp === undefined) this.#search = this.#newSearch();
  }

  #find(args: Parameters<Provider>): LookUp {
    return new Promise((resolve, reject) => {
      const timer = this.#timers.start((ms) => {
        this.#search = this.#newSearch();
        reject(new CredentialsTimeoutError(ms));
      });
      void this.#search(...args)
        .then(resolve, reject)
        .finally(() => timer.stop());
    });
  }

  #newSearch(): Provider {
    return sdk.defaultProvider({ ignoreCache: true, clientConfig: { requestHandler: this.#requestHandler } });
  }
}
