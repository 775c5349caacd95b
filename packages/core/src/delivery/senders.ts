import { hostname } from 'node:os';
import type { Entity } from '../entity/entity.js';
import type { Reporter } from '../report.js';
import type { LogGroupSettings, LogsApi, StreamName } from './api.js';
import { KnownStreams } from './known-streams.js';
import { Pool } from './pool.js';
import { Sender } from './sender.js';
import { type FieldValues, type StreamNamer, streamNamer } from './stream-name.js';
import { Target } from './target.js';

export interface SendersOptions extends LogGroupSettings {
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

/** What tells records that go different ways apart. */
export interface Route {
  readonly fields: FieldValues;
  /** The entity of these records, as far as is known by now. */
  readonly entity: () => Entity | undefined;
}

/** So many targets are remembered that no batch waits for. */
const SPARE_SENDERS = 1000;

/** A sender for each target and entity: the own ones, and those of batches that other processes left. */
export class Senders {
  readonly #options: SendersOptions;
  readonly #api: LogsApi;
  readonly #reporter: Reporter;
  readonly #self: Self;
  readonly #senders = new Pool<Sender>(SPARE_SENDERS);
  readonly #knownStreams = new KnownStreams();
  #nameOf: StreamNamer | undefined;

  constructor(options: SendersOptions, api: LogsApi, reporter: Reporter, self: Self) {
    this.#options = options;
    this.#api = api;
    this.#reporter = reporter;
    this.#self = self;
  }

  /**
   * @param key the same for the same route alone
   * @param routeOf is asked for a key that is not known
   */
  own(key: readonly unknown[], routeOf: () => Route): Sender {
    return this.#senders.get(JSON.stringify(['own', key]), () => {
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

  to({ logGroupName, logStreamName, entity }: StreamName & { readonly entity?: Entity | undefined }): Sender {
    return this.#senders.get(JSON.stringify([logGroupName, logStreamName, entity]), () =>
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
  ): Sender {
    const { logGroupClass, kmsKeyId, tags, retentionInDays, createLogGroup } = this.#options;
    const group = { logGroupName, logGroupClass, kmsKeyId, tags };
    const target = new Target(
      this.#api,
      { group, streamName, retentionInDays, createLogGroup },
      this.#reporter,
      this.#knownStreams,
    );
    return new Sender(this.#api, target, this.#knownStreams, entity, this.#reporter);
  }
}
