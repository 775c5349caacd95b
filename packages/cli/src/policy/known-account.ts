import type { Config, EnvironmentVariables } from '@putlogs/core';
import { systemClock, withTimeout } from '@putlogs/core/main-thread';
import { AwsAccess } from '../aws/access.js';
import { asksSts } from '../aws/caller.js';
import { moduleConnection } from '../aws/module-connection.js';
import type { ArnParts } from './arn.js';

/** Whoever has no credentials here does not wait for them. */
const PATIENCE_MS = 3000;

export type Known = Omit<ArnParts, 'partition'>;

/** What is known of the account and the Region: from the options, else from the credentials that are found here. */
export async function findKnown(
  config: Config,
  env: EnvironmentVariables,
  given: string | undefined,
): Promise<Known> {
  // What is wrong with the user's module, the doctor says.
  const connection = { ...config, ...moduleConnection(config, () => undefined) };
  const access = new AwsAccess(connection, env);
  try {
    const region = await access.region().catch(() => undefined);
    const ofRole = /^arn:[^:]+:iam::(\d+):/.exec(config.roleArn ?? '')?.[1];
    if (given !== undefined || ofRole !== undefined) return { region, account: given ?? ofRole };
    const caller = await withTimeout(PATIENCE_MS, systemClock, askSts(access, env));
    return { region, account: caller?.account };
  } finally {
    access.close();
  }
}

async function askSts(access: AwsAccess, env: EnvironmentVariables) {
  try {
    const endpoint = await access.endpoint();
    return asksSts(endpoint, env) ? await access.callerIdentity() : undefined;
  } catch {
    return undefined;
  }
}
