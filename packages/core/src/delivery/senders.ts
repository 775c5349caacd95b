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

  own(entity: Entity | undefined): Sender {
    const { logGroupName, logStreamName, service, environment } = this.#options;
    const streamName = streamNamer(logStreamName, {
      hostname: hostname(),
      pid: process.pid,
      service: entity?.keyAttributes.Name ?? service,
      environment: entity?.keyAttributes.Environment ?? environment,
    });
    return this.#create(logGroupName, streamName, entity);
  }

  to({ logGroupName, logStreamName, entity }: StreamName & { readonly entity?: Entity | undefined }): Sender {
    const address = JSON.stringify([logGroupName, logStreamName, entity]);
    const known = this.#byAddress.get(address);
    if (known !== undefined) return known;
    const sender = this.#create(logGroupName, () => logStreamName, entity);
    this.#byAddress.set(address, sender);
    return sender;
  }

  #create(logGroupName: string, streamName: (day: number) => string, entity: Entity | undefined): Sender {
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
