import { execFileSync } from 'node:child_process';

/** A shape of the service's model, as botocore writes it. */
export interface Shape {
  readonly type: string;
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly required?: readonly string[];
  readonly members?: Readonly<Record<string, { readonly shape: string }>>;
  readonly member?: { readonly shape: string };
  readonly key?: { readonly shape: string };
  readonly value?: { readonly shape: string };
}

export interface BotocoreModel {
  readonly version: string;
  readonly operations: Readonly<Record<string, { readonly input?: { readonly shape: string } }>>;
  readonly shapes: Readonly<Record<string, Shape>>;
}

/** Before 2025, the model lacks constraints that the service has now. */
const FIRST_VERSION = [1, 40];

const SCRIPT = `import json, botocore, botocore.loaders
model = botocore.loaders.Loader().load_service_model('logs', 'service-2')
print(json.dumps({'version': botocore.__version__, 'operations': model['operations'], 'shapes': model['shapes']}))`;

/**
 * The service's model with its constraints, which the AWS SDK for JavaScript does not have. botocore has it: in Debian it
 * is the package python3-botocore, and the AWS CLI brings it. Undefined where Python finds none that is new enough.
 */
export function botocoreModel(): BotocoreModel | undefined {
  return ['python3', '/usr/bin/python3']
    .map(load)
    .find((model) => model !== undefined && compareVersions(model.version, FIRST_VERSION) >= 0);
}

function load(python: string): BotocoreModel | undefined {
  try {
    const options = { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024, stdio: 'pipe' } as const;
    return JSON.parse(execFileSync(python, ['-c', SCRIPT], options));
  } catch {
    return undefined;
  }
}

function compareVersions(version: string, bound: readonly number[]): number {
  const parts = version.split('.').map(Number);
  const index = bound.findIndex((part, place) => part !== parts[place]);
  return index < 0 ? 0 : (parts[index] ?? 0) - (bound[index] ?? 0);
}
