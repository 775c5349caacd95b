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

export interface RuntimeOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** The texts of the files, by path. */
  readonly files?: Readonly<Record<string, string>>;
  readonly hostname?: string;
  readonly mainScript?: string;
}

/**
 * A runtime environment with these files only. Its metadata services are real HTTP services, at the addresses in `env`.
 */
export function runtime({
  env = {},
  files = {},
  hostname = 'db7',
  mainScript = '/app/main.js',
}: RuntimeOptions = {}): RuntimeEnvironment {
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

interface DetectionOptions {
  readonly service?: string;
  readonly environment?: string;
  readonly signal?: AbortSignal;
}

/** Detects the identity in a runtime environment. */
export function detectIn(
  where: RuntimeEnvironment,
  { service, environment, signal }: DetectionOptions = {},
): Promise<DetectedIdentity> {
  const options = { service, environment, entity: undefined };
  return detectIdentity(options, where, signal ?? new AbortController().signal);
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

/** A pod, with the variables and files that Kubernetes provides. */
export async function pod(
  t: ExecutionContext,
  { env, ...more }: RuntimeOptions = {},
  account: ServiceAccountOptions = {},
): Promise<RuntimeEnvironment> {
  const { folder, env: set, remove } = await writeServiceAccount(account);
  t.teardown(remove);
  const base = runtime({ hostname: 'checkout-5d4f8c7b9d-x2kfp', ...more, env: { ...set, ...env } });
  return {
    ...base,
    readFile: (path) =>
      path.startsWith(SERVICE_ACCOUNT)
        ? readFile(path.replace(SERVICE_ACCOUNT, folder), 'utf8')
        : base.readFile(path),
  };
}
