import type { EnvironmentVariables } from '../util/environment-variables.js';
import { errorCode, errorMessage } from '../util/error-message.js';

/** The codes of Node for a certificate whose authority is not known. */
const UNTRUSTED = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** Whether the code of an error says that the authority of a certificate is not trusted. */
export function isUntrusted(code: string): boolean {
  return UNTRUSTED.has(code);
}

/** The authority of a certificate is not trusted. The message says what to do, and names no secret. */
export class CertificateError extends Error {
  override readonly name = 'CertificateError';
  /** @param whose the end of "the certificate of …" */
  constructor(whose: string, advice: string, cause: unknown) {
    super(
      `The certificate of ${whose} is not trusted. ${advice} (${errorCode(cause)}: ${errorMessage(cause)})`,
      { cause },
    );
  }
}

/** The variables that set `caFile`. */
const VARIABLES = ['PUTLOGS_CA_FILE', 'AWS_CA_BUNDLE'] as const;

/** What to do about a certificate that is not trusted: a file of certificates replaces all others, and those of Node too. */
export function trustAdvice(caFile: string | undefined, env: EnvironmentVariables): string {
  if (caFile === undefined)
    return 'Set the option caFile, PUTLOGS_CA_FILE or AWS_CA_BUNDLE to a file with the certificates of its authority, or add them with NODE_EXTRA_CA_CERTS.';
  const variable = VARIABLES.find((name) => env[name] === caFile);
  return `Only the certificates of ${caFile} (${variable ?? 'option caFile'}) are trusted: add those of its authority there.`;
}
