import { hostname } from 'node:os';
import type { Entity } from '../entity/entity.js';
import type { Reporter } from '../report.js';
import type { LogGroupSettings, LogsApi, StreamName } from './api.js';
import { Sender } from './sender.js';
import { streamNamer } from './stream-name.js';
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

/** A sender for each target and entity: the own one, and those of batches that other processes left. */
export class Senders {
  readonly #options: SendersOptions;
  readonly #api: LogsApi;
  readonly #reporter: Reporter;
  readonly #byAddress = new Map<string, Sender>();

  constructor(options: SendersOptions, api: LogsApi, reporter: Reporter) {
    this.#options = options;
    this.#api = api;
    this.#reporter = reporter;
  }

  own(self: Self): Sender {
    // Named with the first batch, for good: who learns its entity later goes on in the stream in which it began.
    let nameOf: ((day: number) => string) | undefined;
    const streamName = (day: number) => {
      nameOf ??= this.#streamNamer(self);
      return nameOf(day);
    };
    return this.#create(this.#options.logGroupName, streamName, () => self.entity);
  }

  #streamNamer({ entity, instance }: Self): (day: number) => string {
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
    const address = JSON.stringify([logGroupName, logStreamName, entity]);
    const known = this.#byAddress.get(address);
    if (known !== undefined) return known;
    const sender = this.#create(
      logGroupName,
      () => logStreamName,
      () => entity,
    );
    this.#byAddress.set(address, sender);
    return sender;
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
    );
    return new Sender(this.#api, target, entity, this.#reporter);
  }
}
