import { Reporter, ServiceClock, systemClock } from '@putlogs/core/internal';
import { type AccessConfig, AwsAccess } from '../aws/access.js';
import type { Given } from '../flags/option-flags.js';
import type { FoundIdentity } from '../identity/find-identity.js';
import type { Progress } from '../terminal/progress.js';
import { checkConfiguration } from './check-configuration.js';
import { checkCredentials } from './check-credentials.js';
import { checkDeadLetters } from './check-dead-letters.js';
import { checkDelivery } from './check-delivery.js';
import { checkEntity } from './check-entity.js';
import { checkLogGroup } from './check-log-group.js';
import { checkModule } from './check-module.js';
import { checkClock, checkNetwork } from './check-network.js';
import { checkPackages } from './check-packages.js';
import { checkPermissions } from './check-permissions.js';
import { checkRegion } from './check-region.js';
import { checkSpool } from './check-spool.js';
import { Findings } from './findings.js';
import { Trial } from './trial.js';

export interface DoctorOptions {
  /** Send an event, and create what is missing for it. */
  readonly send: boolean;
}

/** Checks each step on the way of a record, and finds out where it would stop. */
export async function diagnose(given: Given, options: DoctorOptions, progress: Progress): Promise<Findings> {
  const findings = new Findings();
  findings.leaveOut(options.send ? 'Permissions' : 'Delivery');
  checkPackages(findings, process.cwd());
  const configured = checkConfiguration(findings, given);
  if (configured === undefined) return findings;
  const config = { ...configured, ...checkModule(findings, configured) };
  progress.begin('Entity');
  const identity = await checkEntity(findings, config, given.env);
  const access = new AwsAccess(config, given.env);
  try {
    await checkService({ findings, given, config, identity, access, progress, ...options });
  } finally {
    access.close();
  }
  progress.begin('Spool');
  await checkSpool(findings, config.spoolDirectory, (text) => progress.detail(text));
  await checkDeadLetters(findings, config.deadLetterFile);
  return findings;
}

interface ServiceParts extends DoctorOptions {
  readonly findings: Findings;
  readonly given: Given;
  readonly config: AccessConfig;
  readonly identity: FoundIdentity;
  readonly access: AwsAccess;
  readonly progress: Progress;
}

/** Each check needs those before it. */
async function checkService(parts: ServiceParts): Promise<void> {
  const { findings, given, config, identity, access, progress } = parts;
  const { env } = given;
  progress.begin('Region');
  const region = await checkRegion(findings, access, given);
  if (region === undefined) return;
  let clockMessage: string | undefined;
  const serviceClock = new ServiceClock(
    systemClock,
    new Reporter(
      (report) => {
        if (report.kind === 'problem') clockMessage = report.message;
      },
      false,
      systemClock,
    ),
  );
  progress.begin('Network');
  const endpoint = await checkNetwork(findings, { access, config, given, serviceClock });
  if (endpoint === undefined) return;
  checkClock(findings, serviceClock, clockMessage);
  progress.begin('Credentials');
  const caller = await checkCredentials(findings, { access, config, env, endpoint });
  if (caller === undefined) return;
  const { account } = caller;
  const trial = new Trial({ findings, access, config, env, serviceClock, identity, region, account });
  try {
    await checkCalls(trial, parts);
  } finally {
    trial.close();
  }
}

async function checkCalls(trial: Trial, { findings, config, progress, send }: ServiceParts): Promise<void> {
  if (config.logGroupName.includes('{record.')) {
    findings.add('PL-LOG-GROUP-OF-RECORDS', `Records name their log group: ${config.logGroupName}`);
    return;
  }
  progress.begin('Log group');
  const group = await checkLogGroup(trial);
  if (group === undefined) return;
  progress.begin(send ? 'Delivery' : 'Permissions');
  if (send) await checkDelivery(trial);
  else await checkPermissions(trial, group);
}
