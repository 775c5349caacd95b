import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Options of the fake service account. */
export interface ServiceAccountOptions {
  /** Default: `shop`. null: the file does not exist. */
  readonly namespace?: string | null;
  /** Issuer in the token. Default: that of an EKS cluster. */
  readonly issuer?: string;
  /** The whole token, instead of one with the issuer. null: the file does not exist. */
  readonly token?: string | null;
}

/** A folder with the files that Kubernetes mounts into a pod at /var/run/secrets/kubernetes.io/serviceaccount. */
export interface ServiceAccount {
  /** The temporary folder that holds the files. */
  readonly folder: string;
  /** Environment variables that Kubernetes sets in each pod. Nothing listens at that address. */
  readonly env: Readonly<Record<string, string>>;
  /** Removes the folder. */
  remove(): Promise<void>;
}

const EKS_ISSUER = 'https://oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF';

/** Writes the files of a fake Kubernetes service account into a temporary folder. */
export async function writeServiceAccount(options: ServiceAccountOptions = {}): Promise<ServiceAccount> {
  const { namespace = 'shop', issuer = EKS_ISSUER, token = tokenOf(issuer) } = options;
  const folder = await mkdtemp(join(tmpdir(), 'putlogs-serviceaccount-'));
  if (namespace !== null) await writeFile(join(folder, 'namespace'), namespace);
  if (token !== null) await writeFile(join(folder, 'token'), token);
  return {
    folder,
    env: { KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: '443' },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** A JSON Web Token with this issuer and an invalid signature. */
function tokenOf(issuer: string): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256' })}.${part({ iss: issuer, aud: [issuer], sub: 'system:serviceaccount:shop:default' })}.c2lnbmF0dXJl`;
}
