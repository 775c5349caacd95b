import type { Clock } from '../util/clock.js';
import type { StaticCredentials } from '../util/static-credentials.js';
import { type CredentialFunction, moduleCredentials } from './module-credentials.js';
import type { RequestHandler } from './request-handler.js';
import sdk from './sdk.cjs';

/** The options that choose the identity to send as. */
export interface AccountOptions {
  /** Of the user's module. It comes before `credentials` and `profile`. */
  readonly findCredentials?: CredentialFunction | undefined;
  readonly profile: string | undefined;
  readonly credentials: StaticCredentials | undefined;
  readonly roleArn: string | undefined;
  readonly roleSessionName: string | undefined;
  readonly externalId: string | undefined;
}

/** Looks credentials up. Rejects if there are none. */
export type CredentialSource = ReturnType<typeof sdk.defaultProvider>;

/**
 * The source of the credentials that the options ask for. Each keeps what it found until shortly before it expires.
 * @param requestHandler for the clients of STS and SSO
 * @param note gets what the SDK says about each source, part of which it would otherwise write to the console
 */
export function credentialSource(
  account: AccountOptions,
  requestHandler: RequestHandler,
  clock: Clock,
  note: (text: string) => void = () => undefined,
): CredentialSource {
  const base = baseSource(account, requestHandler, clock, note);
  return account.roleArn === undefined
    ? base
    : keep(assumedRole(account.roleArn, account, base, requestHandler), clock);
}

function baseSource(
  { findCredentials, credentials, profile }: AccountOptions,
  requestHandler: RequestHandler,
  clock: Clock,
  note: (text: string) => void,
): CredentialSource {
  if (findCredentials !== undefined) return keep(moduleCredentials(findCredentials), clock);
  // A copy, since the SDK adds to it where it came from.
  if (credentials !== undefined) return async () => ({ ...credentials });
  const clientConfig = { requestHandler };
  const logger = { debug: note, info: note, warn: note, error: note };
  if (profile === undefined) return sdk.defaultProvider({ ignoreCache: true, clientConfig, logger });
  // If there is no such profile, the SDK's default sources would go on to the next one: another identity.
  return keep(async (context) => {
    const { default: providers } = await import('./sdk-providers.cjs');
    return providers.fromIni({ profile, ignoreCache: true, clientConfig, logger })(context);
  }, clock);
}

function assumedRole(
  roleArn: string,
  { roleSessionName = 'putlogs', externalId }: AccountOptions,
  base: CredentialSource,
  requestHandler: RequestHandler,
): CredentialSource {
  let source: CredentialSource | undefined;
  return async (context) => {
    const { default: providers } = await import('./sdk-providers.cjs');
    source ??= providers.fromTemporaryCredentials({
      masterCredentials: base,
      params: { RoleArn: roleArn, RoleSessionName: roleSessionName, ExternalId: externalId },
      clientConfig: { requestHandler },
    });
    return source(context);
  };
}

/** Credentials are renewed this long before they expire. */
const RENEWAL_MS = 5 * 60_000;

/** The SDK asks for credentials several times for each request, so a source is left alone for a while after each look-up. */
const PAUSE_MS = 30_000;

/** Renews credentials before they expire. While that fails, the old ones are used until they expire. */
function keep(source: CredentialSource, clock: Clock): CredentialSource {
  let kept: Awaited<ReturnType<CredentialSource>> | undefined;
  let renewAt = 0;
  const expiry = () => kept?.expiration?.getTime() ?? Number.POSITIVE_INFINITY;
  return async (context) => {
    if (kept !== undefined && clock.now() < renewAt) return kept;
    try {
      kept = await source(context);
      // Some sources return credentials that expire sooner.
      renewAt = Math.min(expiry(), Math.max(expiry() - RENEWAL_MS, clock.now() + PAUSE_MS));
    } catch (error) {
      if (kept === undefined || clock.now() >= expiry()) throw error;
      renewAt = Math.min(clock.now() + PAUSE_MS, expiry());
    }
    return kept;
  };
}
