import type { FoundCredentials } from './access.js';

/** The SDK notes on credentials where they come from, for the header User-Agent. The first that matches counts. */
const SOURCES = [
  ['CREDENTIALS_STS_ASSUME_ROLE', 'a role that was assumed'],
  ['CREDENTIALS_PROFILE_SSO', 'an SSO profile'],
  ['CREDENTIALS_PROFILE_SSO_LEGACY', 'an SSO profile'],
  ['CREDENTIALS_SSO', 'SSO'],
  ['CREDENTIALS_PROFILE_LOGIN', 'a profile of aws login'],
  ['CREDENTIALS_LOGIN', 'aws login'],
  ['CREDENTIALS_PROFILE_PROCESS', 'credential_process of a profile'],
  ['CREDENTIALS_PROCESS', 'a credential_process'],
  ['CREDENTIALS_STS_ASSUME_ROLE_WEB_ID', 'a web identity'],
  ['CREDENTIALS_ENV_VARS_STS_WEB_ID_TOKEN', 'a web identity'],
  ['CREDENTIALS_PROFILE', 'a profile'],
  ['CREDENTIALS_ENV_VARS', 'environment variables'],
  ['CREDENTIALS_HTTP', 'the endpoint of the container'],
  ['CREDENTIALS_IMDS', 'the instance role'],
] as const;

/** Where credentials come from, in words. @param others where those come from that the SDK did not look up */
export function sourceOf(credentials: FoundCredentials, others = 'the options'): string {
  const marks = Object.keys(('$source' in credentials && credentials.$source) || {});
  return SOURCES.find(([mark]) => marks.includes(mark))?.[1] ?? others;
}
