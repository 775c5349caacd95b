import { errorCode } from '../util/error-message.js';
import { CertificateError, isUntrusted } from './certificates.js';
import { isRefusal, isThrottling } from './classify.js';
import {
  CredentialsRefusedError,
  CredentialsThrottledError,
  CredentialsTimeoutError,
  CredentialsUnreachableError,
} from './client-errors.js';
import type { CredentialSource } from './credential-source.js';
import { hostOf } from './error-hosts.js';
import type { IdleTimers } from './idle-timers.js';
import type { Network } from './network.js';

type LookUp = ReturnType<CredentialSource>;

/**
 * The credentials, looked up again when the service refuses them or the look-up hangs. By itself the SDK keeps credentials without
 * an expiry for ever, never reads a file again, and waits without limit.
 */
export class Credentials {
  readonly #timers: IdleTimers;
  readonly #network: Pick<Network, 'trustAdvice'>;
  readonly #newSource: () => CredentialSource;
  #source: CredentialSource;
  /** Shared by all calls that need credentials at the same time. */
  #lookUp: LookUp | undefined;

  /** @param newSource makes a source that remembers nothing */
  constructor(timers: IdleTimers, network: Pick<Network, 'trustAdvice'>, newSource: () => CredentialSource) {
    this.#timers = timers;
    this.#network = network;
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
        .then(resolve, (error: unknown) => reject(this.#lookUpError(error)))
        .finally(() => timer.stop());
    });
  }

  /** STS and SSO answer with the names of errors that, from CloudWatch Logs, would mean a batch. */
  #lookUpError(error: unknown): unknown {
    if (isThrottling(error)) return new CredentialsThrottledError(error);
    if (isRefusal(error)) return new CredentialsRefusedError(error);
    const code = errorCode(error);
    const host = hostOf(error);
    const whose = `the source of the AWS credentials (STS or SSO)${host === undefined ? '' : `, ${host},`}`;
    if (isUntrusted(code)) return new CertificateError(whose, this.#network.trustAdvice, error);
    return CONNECTION_ERROR.test(code) ? new CredentialsUnreachableError(whose, error) : error;
  }
}

/** The codes of Node for a connection that fails: ECONNREFUSED, ENOTFOUND and so on. */
const CONNECTION_ERROR = /^(?:E[A-Z]+|EAI_[A-Z]+)$/;
