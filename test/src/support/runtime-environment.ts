import { readFile } from 'node:fs/promises';
import {
  type DetectedIdentity,
  detectIdentity,
  httpFetch,
  type RuntimeEnvironment,
} from '@putlogs/core/internal';
import {
  type InstanceMetadataOptions,
  type Metadata,
  type ServiceAccountOptions,
  startInstanceMetadata,
  startTaskMetadata,
  type TaskMetadataOptions,
  writeServiceAccount,
} from '@putlogs/local/metadata';
import type { ExecutionContext } from 'ava';

export interface PlaceOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** The text of each file by its path; there are no others. */
  readonly files?: Readonly<Record<string, string>>;
  readonly hostname?: string;
  readonly mainScript?: string;
}

/** A machine, as far as is looked. Its metadata services are those of `env`, asked over HTTP. */
export function place({
  env = {},
  files = {},
  hostname = 'db7',
  mainScript = '/app/main.js',
}: PlaceOptions = {}): RuntimeEnvironment {
  return {
    env: 'AWS_EC2_METADATA_SERVICE_ENDPOINT' in env ? env : { AWS_EC2_METADATA_DISABLED: 'true', ...env },
    hostname,
    fetch: httpFetch,
    readFile: async (path) => {
      const text = files[path];
      if (text === undefined) throw new Error(`ENOENT: ${path}`);
      return text;
    },
    mainScript: async () => mainScript,
  };
}

interface User {
  readonly service?: string;
  readonly environment?: string;
  readonly signal?: AbortSignal;
}

export function introduceAt(
  where: RuntimeEnvironment,
  { service, environment, signal }: User = {},
): Promise<DetectedIdentity> {
  const search = signal ?? new AbortController().signal;
  return detectIdentity({ service, environment, entity: undefined }, where, search);
}

export async function ec2(t: ExecutionContext, options: InstanceMetadataOptions = {}): Promise<Metadata> {
  const metadata = await startInstanceMetadata(options);
  t.teardown(() => metadata.close());
  return metadata;
}

export async function ecs(t: ExecutionContext, options: TaskMetadataOptions = {}): Promise<Metadata> {
  const metadata = await startTaskMetadata(options);
  t.teardown(() => metadata.close());
  return metadata;
}

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/** A pod: what Kubernetes sets and mounts. */
export async function pod(
  t: ExecutionContext,
  { env, ...more }: PlaceOptions = {},
  account: ServiceAccountOptions = {},
): Promise<RuntimeEnvironment> {
  const { folder, env: set, remove } = await writeServiceAccount(account);
  t.teardown(remove);
  const elsewhere = place({ hostname: 'checkout-5d4f8c7b9d-x2kfp', ...more, env: { ...set, ...env } });
  return {
    ...elsewhere,
    readFile: (path) =>
      path.startsWith(SERVICE_ACCOUNT)
        ? readFile(path.replace(SERVICE_ACCOUNT, folder), 'utf8')
        : elsewhere.readFile(path),
  };
}
