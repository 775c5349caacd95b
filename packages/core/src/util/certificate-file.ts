import { X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { errorCode } from './error-message.js';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/** What is wrong with a file of certificates, as the end of "a file that …"; undefined if nothing is. */
export function certificateFileFlaw(path: string): string | undefined {
  try {
    // A reader of a pipe waits for its writer.
    if (!statSync(path).isFile()) return 'is not a file';
    const certificates = readFileSync(path, 'latin1').match(CERTIFICATE) ?? [];
    return certificates.length > 0 && certificates.every(isCertificate) ? undefined : 'is not PEM';
  } catch (error) {
    const code = errorCode(error);
    return code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`;
  }
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== undefined;
  } catch {
    return false;
  }
}
