import { defaultProvider } from '@aws-sdk/credential-provider-node';

type Provider = ReturnType<typeof defaultProvider>;

/**
 * The SDK's own search for credentials, begun anew when those that it found were refused: by itself the SDK keeps
 * them for as long as they do not say when they expire, and the files that it read for ever.
 */
export class Credentials {
  #found: Provider = search();

  /** For the client's configuration. The mark says that it need not remember what this gives: this does. */
  readonly provider: Provider & { readonly memoized: true } = Object.assign(
    (...args: Parameters<Provider>) => this.#found(...args),
    {
      memoized: true as const,
    },
  );

  searchAnew(): void {
    this.#found = search();
  }
}

function search(): Provider {
  return defaultProvider({ ignoreCache: true });
}
