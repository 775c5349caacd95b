import type { FailedOutcome } from '../contracts/outcome.js';
import type { Reporter } from '../reporting/reporter.js';
import { classify } from './classify.js';
import type { LogGroupSettings, LogStreamName, LogsApi } from './client.js';
import type { KnownStreams } from './known-streams.js';

export interface LogStreamManagerOptions {
  readonly group: LogGroupSettings & { readonly logGroupName: string };
  readonly retentionInDays: number | undefined;
  readonly createLogGroup: boolean;
  /** The log stream's name for a UTC day. */
  readonly streamName: (day: number) => string;
}

/** A log group and its log streams: their names, and their creation when the service says that one is missing. */
export class LogStreamManager {
  readonly #api: LogsApi;
  readonly #options: LogStreamManagerOptions;
  readonly #reporter: Reporter;
  readonly #creations = new Map<string, Promise<FailedOutcome | undefined>>();
  readonly #known: KnownStreams;
  #retentionDue = false;

  constructor(api: LogsApi, options: LogStreamManagerOptions, reporter: Reporter, known: KnownStreams) {
    this.#api = api;
    this.#options = options;
    this.#reporter = reporter;
    this.#known = known;
  }

  get logGroupName(): string {
    return this.#options.group.logGroupName;
  }

  nameFor(day: number): LogStreamName {
    return { logGroupName: this.logGroupName, logStreamName: this.#options.streamName(day) };
  }

  /**
   * Creates what is missing. Callers that ask while a stream is being created get the same answer.
   * @returns what stood in the way, or undefined when group and stream are there
   */
  create(name: LogStreamName): Promise<FailedOutcome | undefined> {
    const underWay = this.#creations.get(name.logStreamName);
    if (underWay !== undefined) return underWay;
    const creation = this.#create(name)
      .then((wasMissing) => this.#known.add(name, wasMissing))
      .then(() => undefined, creationFailed)
      .finally(() => this.#creations.delete(name.logStreamName));
    this.#creations.set(name.logStreamName, creation);
    return creation;
  }

  /** @returns whether the log stream was created just now */
  async #create(name: LogStreamName): Promise<boolean> {
    await this.#setRetention();
    try {
      return await unlessItExists(this.#api.createLogStream(name));
    } catch (error) {
      if (classify(error).kind !== 'missing' || !this.#options.createLogGroup) throw error;
      await this.#createGroup();
      return await unlessItExists(this.#api.createLogStream(name));
    }
  }

  async #createGroup(): Promise<void> {
    try {
      // The retention of a group that somebody else made is theirs.
      if (await unlessItExists(this.#api.createLogGroup(this.#options.group))) this.#retentionDue = true;
    } catch (error) {
      // The answer may have been lost, and the group be there.
      if (isUnanswered(classify(error))) this.#retentionDue = true;
      throw error;
    }
    await this.#setRetention();
  }

  /** Delivery does not depend on it: only what will pass by itself is tried again, with the next creation. */
  async #setRetention(): Promise<void> {
    const { retentionInDays } = this.#options;
    if (!this.#retentionDue || retentionInDays === undefined) return;
    try {
      await this.#api.putRetentionPolicy(this.logGroupName, retentionInDays);
    } catch (error) {
      const outcome = classify(error);
      if (outcome.kind === 'throttled' || isUnanswered(outcome)) throw error;
      if (outcome.kind === 'missing') return; // the group is not there after all, or not yet
      const { name, message } = outcome.failure;
      this.#reporter.problem(
        'retention',
        `The retention of log group ${this.logGroupName} was not set to ${retentionInDays} days: allow logs:PutRetentionPolicy or set it by hand. (${name}: ${message})`,
      );
    }
    this.#retentionDue = false;
  }
}

/** Whether it may have been done all the same. */
function isUnanswered({ kind }: FailedOutcome): boolean {
  return kind === 'unavailable' || kind === 'timeout';
}

/** @returns whether it was created just now */
async function unlessItExists(creation: Promise<void>): Promise<boolean> {
  try {
    await creation;
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceAlreadyExistsException') return false;
    throw error;
  }
}

/** A group that cannot be created says nothing against the batch that wanted it, nor against its size. */
function creationFailed(error: unknown): FailedOutcome {
  const outcome = classify(error);
  if (outcome.kind === 'poison') return { ...outcome, kind: 'missing' };
  return outcome.kind === 'timeout' ? { ...outcome, kind: 'unavailable' } : outcome;
}
