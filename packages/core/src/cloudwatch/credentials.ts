import { defaultProvider } from '@aws-sdk/credential-provider-node';
import type { IdleTimeouts } from './idle-timeout.js';

type Provider = ReturnType<typeof defaultProvider>;
type Found = ReturnType<Provider>;

/**
 * The SDK's own search for credentials, begun anew when those that it found were refused, or when it hangs: by itself the SDK
 * keeps what it found for as long as that does not say when it expires, the files that it read for ever, and waits for ever.
 */
export class Credentials {
  readonly #timeouts: IdleTimeouts;
  #search: Provider = newSearch();
  /** All who ask share one look-up. */
  #lookUp: Found | undefined;

  /** @param patience how long a look-up may take */
  constructor(timeouts: IdleTimeouts) {
    this.#timeouts = timeouts;
  }

  /** For the client's configuration. The mark says that it need not remember what this gives: this does. */
  readonly provider: Provider & { readonly memoized: true } = Object.assign(
    (...args: Parameters<Provider>) => {
      this.#lookUp ??= this.#find(args).finally(() => {
        this.#lookUp = undefined;
      });
      return this.#lookUp;
    },
    { memoized: true as const },
  );

  /** Those found last are refused. A look-up that is under way is newer than they are. */
  searchAnew(): void {
    if (this.#lookUp === undefined) this.#search = newSearch();
  }

  #find(args: Parameters<Provider>): Found {
    return new Promise((resolve, reject) => {
      const watch = this.#timeouts.watch((ms) => {
        this.#search = newSearch();
        reject(new CredentialsTimeoutError(ms));
      });
      void this.#search(...args)
        .then(resolve, reject)
        .finally(() => watch.stop());
    });
  }
}

/** Begun anew; of the one before, the answer is not wanted any more. */
function newSearch(): Provider {
  return defaultProvider({ ignoreCache: true });
}

class CredentialsTimeoutError extends Error {
  override readonly name = 'CredentialsTimeoutError';
  constructor(ms: number) {
    super(`no credentials within ${Math.round(ms)} ms`);
  }
}
