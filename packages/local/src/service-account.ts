import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface ServiceAccountOptions {
  /** Default: `shop`. null: the file is not there. */
  readonly namespace?: string | null;
  /** Issuer in the token. Default: that of an EKS cluster. */
  readonly issuer?: string;
  /** The whole token, where it is to be a special one. null: the file is not there. */
  readonly token?: string | null;
}

/** The files that Kubernetes mounts into a pod at /var/run/secrets/kubernetes.io/serviceaccount. */
export interface ServiceAccount {
  /** The folder, of this machine's folder for what is temporary, that stands for that one. */
  readonly folder: string;
  /** Variables that Kubernetes sets in each pod. Nobody listens at that address. */
  readonly env: Readonly<Record<string, string>>;
  remove(): Promise<void>;
}

const EKS_ISSUER = 'https://oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF';

export async function writeServiceAccount(options: ServiceAccountOptions = {}): Promise<ServiceAccount> {
  const { namespace = 'shop', issuer = EKS_ISSUER, token = tokenOf(issuer) } = options;
  const folder = await mkdtemp(join(tmpdir(), 'awslogs-serviceaccount-'));
  if (namespace !== null) await writeFile(join(folder, 'namespace'), namespace);
  if (token !== null) await writeFile(join(folder, 'token'), token);
  return {
    folder,
    env: { KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: '443' },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** A JSON Web Token of that issuer, signed by nobody. */
function tokenOf(issuer: string): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256' })}.${part({ iss: issuer, aud: [issuer], sub: 'system:serviceaccount:shop:default' })}.c2lnbmF0dXJl`;
}
