import type { Config, EnvironmentVariables, Report } from '@putlogs/core';
import {
  type Destination,
  type DestinationName,
  Destinations,
  type KnownIdentity,
  Reporter,
  SdkLogsClient,
  type ServiceClock,
  systemClock,
} from '@putlogs/core/internal';
import type { AccessConfig, AwsAccess } from '../aws/access.js';
import { type ArnParts, partitionOf } from '../policy/arn.js';
import type { Findings } from './findings.js';
import { RecordingClient } from './recording-client.js';

export interface TrialParts {
  readonly findings: Findings;
  readonly access: AwsAccess;
  readonly config: AccessConfig;
  readonly env: EnvironmentVariables;
  readonly serviceClock: ServiceClock;
  readonly identity: KnownIdentity;
  readonly region: string;
  readonly account: string | undefined;
}

/** The transport's own client and destination, to try what a transport would do. */
export class Trial {
  readonly findings: Findings;
  readonly access: AwsAccess;
  readonly config: Config;
  readonly region: string;
  readonly arnParts: ArnParts;
  readonly serviceClock: ServiceClock;
  readonly client: RecordingClient;
  readonly destination: Destination;
  /** What a transport would report. */
  readonly reports: Report[] = [];
  readonly #sdk: SdkLogsClient;

  constructor({ findings, access, config, env, serviceClock, identity, region, account }: TrialParts) {
    this.findings = findings;
    this.access = access;
    this.config = config;
    this.region = region;
    this.arnParts = { partition: partitionOf(region), region, account };
    this.serviceClock = serviceClock;
    this.#sdk = new SdkLogsClient(config, env, systemClock, serviceClock, () => undefined);
    this.client = new RecordingClient(this.#sdk);
    const reporter = new Reporter((report) => this.reports.push(report), false, systemClock);
    const destinations = new Destinations(config, this.client, reporter, identity);
    const noFields = new Map<string, string>();
    this.destination = destinations.own([], () => ({
      groupFields: noFields,
      streamFields: noFields,
      logGroupName: undefined,
      logStreamName: undefined,
      entity: () => identity.entity,
    }));
  }

  /** Where a record goes now. */
  get names(): DestinationName {
    return this.destination.nameAt(this.serviceClock.now());
  }

  close(): void {
    this.#sdk.close();
  }
}
