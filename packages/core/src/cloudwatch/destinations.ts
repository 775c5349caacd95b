import { hostname } from 'node:os';
import type { DestinationName } from '../contracts/destination.js';
import type { Entity } from '../identity/entity.js';
import type { Reporter } from '../reporting/reporter.js';
import { groupName } from '../routing/group-name.js';
import type { Route, RouteDestinations } from '../routing/router.js';
import { type StreamNamer, streamNamer } from '../routing/stream-name.js';
import type { FieldValues } from '../routing/template.js';
import { WeakLruCache } from '../util/weak-lru-cache.js';
import { CloudWatchDestination } from './destination.js';
import { KnownStreams } from './known-streams.js';
import { LogStreamManager } from './log-stream-manager.js';
import type { LogGroupSettings, LogsClient } from './logs-client.js';

export interface DestinationsOptions extends LogGroupSettings {
  readonly logGroupName: string;
  readonly logStreamName: string;
  readonly service: string | undefined;
  readonly environment: string | undefined;
  readonly retentionInDays: number | undefined;
  readonly createLogGroup: boolean;
  readonly createLogStream: boolean;
}

/** The identity of this process, as far as it is known. */
export interface KnownIdentity {
  readonly entity: Entity | undefined;
  /** What is known without the service's name. */
  readonly template: { readonly environment: string } | undefined;
  readonly instance: string;
}

/** The names of log groups and log streams of this process. */
interface Namers {
  readonly group: (fields: FieldValues) => string;
  readonly stream: StreamNamer;
}

/** The placeholders in the name of a log group whose value may not be known. */
const ENTITY_PLACEHOLDERS = ['service', 'environment'] as const;
type EntityPlaceholder = (typeof ENTITY_PLACEHOLDERS)[number];

/** Destinations without batches are kept up to this number. */
const MAX_IDLE_DESTINATIONS = 1000;

/** Makes and keeps destinations: those of this process, and those of batches that other processes left. */
export class Destinations implements RouteDestinations {
  readonly #options: DestinationsOptions;
  readonly #client: LogsClient;
  readonly #reporter: Reporter;
  readonly #identity: KnownIdentity;
  readonly #destinations = new WeakLruCache<CloudWatchDestination>(MAX_IDLE_DESTINATIONS);
  readonly #knownStreams = new KnownStreams();
  #namers: Namers | undefined;
  #hasReportedUnknown = false;

  constructor(options: DestinationsOptions, client: LogsClient, reporter: Reporter, identity: KnownIdentity) {
    this.#options = options;
    this.#client = client;
    this.#reporter = reporter;
    this.#identity = identity;
  }

  /**
   * Returns a destination of this process.
   * @param key equal for equal routes only
   * @param routeOf is called for an unknown key
   */
  own(key: readonly unknown[], routeOf: () => Route): CloudWatchDestination {
    return this.#destinations.get(JSON.stringify(['own', key]), () => {
      const { logGroupName, logStreamName, groupFields, streamFields, entity } = routeOf();
      return this.#create(
        () => logGroupName ?? this.#ownNamers.group(groupFields),
        (day) => logStreamName ?? this.#ownNamers.stream(day, streamFields),
        entity,
      );
    });
  }

  /** The names are fixed with the first batch. An entity that is found later does not move events to another log stream. */
  get #ownNamers(): Namers {
    this.#namers ??= this.#createNamers(this.#identity);
    return this.#namers;
  }

  #createNamers({ entity, template, instance }: KnownIdentity): Namers {
    const { logGroupName, logStreamName, service, environment } = this.#options;
    const values = {
      hostname: hostname(),
      instance,
      service: entity?.keyAttributes.Name ?? service,
      environment: entity?.keyAttributes.Environment ?? template?.environment ?? environment,
    };
    const unknown = ENTITY_PLACEHOLDERS.filter(
      (name) => values[name] === undefined && logGroupName.includes(`{${name}}`),
    );
    return {
      group: (fields) => {
        const name = groupName(logGroupName, values, fields);
        if (unknown.length > 0) this.#reportUnknown(name, unknown);
        return name;
      },
      stream: streamNamer(logStreamName, { ...values, pid: process.pid }),
    };
  }

  #reportUnknown(name: string, unknown: readonly EntityPlaceholder[]): void {
    if (this.#hasReportedUnknown) return;
    this.#hasReportedUnknown = true;
    const variables = unknown.map((placeholder) => `PUTLOGS_${placeholder.toUpperCase()}`);
    this.#reporter.problem(
      'log-group-name',
      `Nothing says the ${unknown.join(' and the ')} that logGroupName asks for, so events go to log group ${name}, as those of every such process do. Set ${unknown.join(' and ')}, or ${variables.join(' and ')}.`,
    );
  }

  /** Returns the destination of a batch that another process left. */
  to({ logGroupName, logStreamName, entity }: DestinationName): CloudWatchDestination {
    return this.#destinations.get(JSON.stringify([logGroupName, logStreamName, entity]), () =>
      this.#create(
        () => logGroupName,
        () => logStreamName,
        () => entity,
      ),
    );
  }

  #create(
    groupName: () => string,
    streamName: (day: number) => string,
    entity: () => Entity | undefined,
  ): CloudWatchDestination {
    const { retentionInDays, createLogGroup, createLogStream } = this.#options;
    const { logGroupClass, kmsKeyId, tags, deletionProtectionEnabled } = this.#options;
    const group = { logGroupClass, kmsKeyId, tags, deletionProtectionEnabled };
    const streams = new LogStreamManager(
      this.#client,
      { group, groupName, streamName, retentionInDays, createLogGroup, createLogStream },
      this.#reporter,
      this.#knownStreams,
    );
    return new CloudWatchDestination(this.#client, streams, this.#knownStreams, entity, this.#reporter);
  }
}
