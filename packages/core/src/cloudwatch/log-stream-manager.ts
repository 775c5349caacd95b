import type { LogStreamName } from '../contracts/destination.js';
import type { FailedOutcome } from '../contracts/outcome.js';
import type { Reporter } from '../reporting/reporter.js';
import { classify } from './classify.js';
import type { KnownStreams } from './known-streams.js';
import type { LogGroupSettings, LogsClient } from './logs-client.js';

export interface LogStreamManagerOptions {
  readonly group: Omit<LogGroupSettings, 'logGroupName'>;
  readonly retentionInDays: number | undefined;
  readonly createLogGroup: boolean;
  readonly createLogStream: boolean;
  readonly groupName: () => string;
  /** The name of the log stream for a UTC day. */
  readonly streamName: (day: number) => string;
}

/** Names and creates the log streams of one log group, and the group itself. */
export class LogStreamManager {
  readonly #client: LogsClient;
  readonly #options: LogStreamManagerOptions;
  readonly #reporter: Reporter;
  readonly #creations = new Map<string, Promise<FailedOutcome | undefined>>();
  readonly #knownStreams: KnownStreams;
  #isRetentionDue = false;

  constructor(
    client: LogsClient,
    options: LogStreamManagerOptions,
    reporter: Reporter,
    knownStreams: KnownStreams,
  ) {
    this.#client = client;
    this.#options = options;
    this.#reporter = reporter;
    this.#knownStreams = knownStreams;
  }

  get logGroupName(): string {
    return this.#options.groupName();
  }

  nameFor(day: number): LogStreamName {
    return { logGroupName: this.logGroupName, logStreamName: this.#options.streamName(day) };
  }

  get mayCreate(): boolean {
    return this.#options.createLogStream;
  }

  /**
   * Creates the log stream, and its log group if that is missing and `createLogGroup` is set. Simultaneous calls for the same log
   * stream share one creation.
   * @returns the failure, or undefined when the log stream exists
   */
  create(name: LogStreamName): Promise<FailedOutcome | undefined> {
    const inProgress = this.#creations.get(name.logStreamName);
    if (inProgress !== undefined) return inProgress;
    const creation = this.#create(name)
      .then((wasMissing) => this.#knownStreams.add(name, wasMissing))
      .then(() => undefined, creationFailed)
      .finally(() => this.#creations.delete(name.logStreamName));
    this.#creations.set(name.logStreamName, creation);
    return creation;
  }

  /** @returns whether the log stream was missing */
  async #create(name: LogStreamName): Promise<boolean> {
    await this.#setRetention();
    try {
      return await wasMissing(this.#client.createLogStream(name));
    } catch (error) {
      if (classify(error).kind !== 'missing' || !this.#options.createLogGroup) throw error;
      await this.#createGroup();
      return await wasMissing(this.#client.createLogStream(name));
    }
  }

  async #createGroup(): Promise<void> {
    const { logGroupName } = this;
    const { group } = this.#options;
    if (group.logGroupClass === 'DELIVERY') this.#warnOfDeliveryClass();
    try {
      // The retention of a log group that someone else created is left alone.
      if (await wasMissing(this.#client.createLogGroup({ ...group, logGroupName })))
        this.#isRetentionDue = true;
    } catch (error) {
      // The response may be lost although the log group was created.
      if (mayHaveSucceeded(classify(error))) this.#isRetentionDue = true;
      throw error;
    }
    await this.#setRetention();
  }

  #warnOfDeliveryClass(): void {
    const { retentionInDays } = this.#options;
    const retention =
      retentionInDays === undefined
        ? ''
        : ` The documentation of AWS does not say that retentionInDays (${retentionInDays}) changes that.`;
    this.#reporter.problem(
      'log-group-class',
      `Log group ${this.logGroupName} is created in the class DELIVERY, which is for the logs of AWS Lambda: events are kept for one day, and Logs Insights does not query them.${retention} The class cannot be changed later. If this is not meant, delete the log group and set logGroupClass to STANDARD or INFREQUENT_ACCESS.`,
    );
  }

  /** Delivery does not depend on the retention. Only transient failures are tried again, with the next creation. */
  async #setRetention(): Promise<void> {
    const { retentionInDays } = this.#options;
    if (!this.#isRetentionDue || retentionInDays === undefined) return;
    try {
      await this.#client.putRetentionPolicy(this.logGroupName, retentionInDays);
    } catch (error) {
      const outcome = classify(error);
      if (outcome.kind === 'throttled' || mayHaveSucceeded(outcome)) throw error;
      if (outcome.kind === 'missing') return; // the log group was not created after all, or not yet
      const { name, message } = outcome.failure;
      this.#reporter.problem(
        'retention',
        `The retention of log group ${this.logGroupName} was not set to ${retentionInDays} days. Allow logs:PutRetentionPolicy, or set the retention by hand. Events are not affected. (${name}: ${message})`,
      );
    }
    this.#isRetentionDue = false;
  }
}

function mayHaveSucceeded({ kind }: FailedOutcome): boolean {
  return kind === 'unavailable' || kind === 'timeout';
}

/** @returns false when the log stream or the log group exists already */
async function wasMissing(creation: Promise<void>): Promise<boolean> {
  try {
    await creation;
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceAlreadyExistsException') return false;
    throw error;
  }
}

/** A failed creation is no reason to divide the batch, or to send smaller requests. */
function creationFailed(error: unknown): FailedOutcome {
  const outcome = classify(error);
  if (outcome.kind === 'refused') return { ...outcome, kind: 'missing' };
  return outcome.kind === 'timeout' ? { ...outcome, kind: 'unavailable' } : outcome;
}
