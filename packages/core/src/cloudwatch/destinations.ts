import { hostname } from 'node:os';
import type { Entity } from '../identity/entity.js';
import type { Reporter } from '../reporting/reporter.js';
import type { Route, RouteDestinations } from '../routing/router.js';
import { type FieldValues, type StreamNamer, streamNamer } from '../routing/stream-name.js';
import { WeakLruCache } from '../util/weak-lru-cache.js';
import type { LogGroupSettings, LogStreamName, LogsApi } from './client.js';
import { CloudWatchDestination } from './destination.js';
import { KnownStreams } from './known-streams.js';
import { LogStreamManager } from './log-stream-manager.js';

export interface DestinationsOptions extends LogGroupSettings {
  readonly logGroupName: string;
  readonly logStreamName: string;
  readonly service: string | undefined;
  readonly environment: string | undefined;
  readonly retentionInDays: number | undefined;
  readonly createLogGroup: boolean;
}

/** Who this process is, as far as is known by now. */
export interface Self {
  readonly entity: Entity | undefined;
  readonly instance: string;
}

/** So many targets are remembered that no batch waits for. */
const SPARE_DESTINATIONS = 1000;

/** A sender for each target and entity: the own ones, and those of batches that other processes left. */
export class Destinations implements RouteDestinations<CloudWatchDestination> {
  readonly #options: DestinationsOptions;
  readonly #api: LogsApi;
  readonly #reporter: Reporter;
  readonly #self: Self;
  readonly #destinations = new WeakLruCache<CloudWatchDestination>(SPARE_DESTINATIONS);
  readonly #knownStreams = new KnownStreams();
  #nameOf: StreamNamer | undefined;

  constructor(options: DestinationsOptions, api: LogsApi, reporter: Reporter, self: Self) {
    this.#options = options;
    this.#api = api;
    this.#reporter = reporter;
    this.#self = self;
  }

  /**
   * @param key the same for the same route alone
   * @param routeOf is asked for a key that is not known
   */
  own(key: readonly unknown[], routeOf: () => Route): CloudWatchDestination {
    return this.#destinations.get(JSON.stringify(['own', key]), () => {
      const { fields, entity } = routeOf();
      return this.#create(this.#options.logGroupName, (day) => this.#ownName(day, fields), entity);
    });
  }

  /** Named with the first batch, for good: who learns its entity later goes on in the stream in which it began. */
  #ownName(day: number, fields: FieldValues): string {
    this.#nameOf ??= this.#streamNamer(this.#self);
    return this.#nameOf(day, fields);
  }

  #streamNamer({ entity, instance }: Self): StreamNamer {
    const { logStreamName, service, environment } = this.#options;
    return streamNamer(logStreamName, {
      hostname: hostname(),
      instance,
      pid: process.pid,
      service: entity?.keyAttributes.Name ?? service,
      environment: entity?.keyAttributes.Environment ?? environment,
    });
  }

  to({
    logGroupName,
    logStreamName,
    entity,
  }: LogStreamName & { readonly entity?: Entity | undefined }): CloudWatchDestination {
    return this.#destinations.get(JSON.stringify([logGroupName, logStreamName, entity]), () =>
      this.#create(
        logGroupName,
        () => logStreamName,
        () => entity,
      ),
    );
  }

  #create(
    logGroupName: string,
    streamName: (day: number) => string,
    entity: () => Entity | undefined,
  ): CloudWatchDestination {
    const { logGroupClass, kmsKeyId, tags, retentionInDays, createLogGroup } = this.#options;
    const group = { logGroupName, logGroupClass, kmsKeyId, tags };
    const target = new LogStreamManager(
      this.#api,
      { group, streamName, retentionInDays, createLogGroup },
      this.#reporter,
      this.#knownStreams,
    );
    return new CloudWatchDestination(this.#api, target, this.#knownStreams, entity, this.#reporter);
  }
}
