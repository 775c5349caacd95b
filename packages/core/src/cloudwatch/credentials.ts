import { isRefusal, isThrottling } from './classify.js';
import {
  CredentialsRefusedError,
  CredentialsThrottledError,
  CredentialsTimeoutError,
} from './client-errors.js';
import type { CredentialSource } from './credential-source.js';
import type { IdleTimers } from './idle-timers.js';

type LookUp = ReturnType<CredentialSource>;

/**
 * The credentials, looked up again when the service refuses them or the look-up hangs. By itself the SDK keeps credentials without
 * an expiry for ever, never reads a file again, and waits without limit.
 */
export class Credentials {
  readonly #timers: IdleTimers;
  readonly #newSource: () => CredentialSource;
  #source: CredentialSource;
  /** Shared by all calls that need credentials at the same time. */
  #lookUp: LookUp | undefined;

  /** @param newSource makes a source that remembers nothing */
  constructor(timers: IdleTimers, newSource: () => CredentialSource) {
    this.#timers = timers;
    this.#newSource = newSource;
    this.#source = newSource();
  }

  /** For the client's configuration. `memoized` tells the SDK not to cache the result itself. */
  readonly provider: CredentialSource & { readonly memoized: true } = Object.assign(
    (...args: Parameters<CredentialSource>) => {
      this.#lookUp ??= this.#find(args).finally(() => {
        this.#lookUp = undefined;
      });
      return this.#lookUp;
    },
    { memoized: true as const },
  );

  /** The service refused the last credentials. A look-up in progress is newer than they are, and goes on. */
  renew(): void {
    if (this.#lookUp === undefined) this.#source = this.#newSource();
  }

  #find(args: Parameters<CredentialSource>): LookUp {
    return new Promise((resolve, reject) => {
      const timer = this.#timers.start((ms) => {
        this.#source = this.#newSource();
        reject(new CredentialsTimeoutError(ms));
      });
      void this.#source(...args)
        .then(resolve, (error: unknown) => reject(lookUpError(error)))
        .finally(() => timer.stop());
    });
  }
}

/** STS and SSO answer with the names of errors that, from CloudWatch Logs, would mean a batch. */
function lookUpError(error: unknown): unknown {
  if (isThrottling(error)) return new CredentialsThrottledError(error);
  return isRefusal(error) ? new CredentialsRefusedError(error) : error;
}
