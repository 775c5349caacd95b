import { classify, type FailedOutcome, type LogsClient } from '@putlogs/core/internal';
import type { LogsAction } from '../policy/statements.js';

/** A call that failed. */
export interface FailedCall {
  readonly action: LogsAction;
  readonly outcome: FailedOutcome;
}

/** Remembers the last call that failed, of which `Destination.send` tells only the outcome. */
export class RecordingClient implements LogsClient {
  readonly #client: LogsClient;
  lastFailure: FailedCall | undefined;

  constructor(client: LogsClient) {
    this.#client = client;
  }

  putLogEvents(...args: Parameters<LogsClient['putLogEvents']>): ReturnType<LogsClient['putLogEvents']> {
    return this.#call('logs:PutLogEvents', () => this.#client.putLogEvents(...args));
  }

  createLogGroup(
    ...args: Parameters<LogsClient['createLogGroup']>
  ): ReturnType<LogsClient['createLogGroup']> {
    return this.#call('logs:CreateLogGroup', () => this.#client.createLogGroup(...args));
  }

  createLogStream(
    ...args: Parameters<LogsClient['createLogStream']>
  ): ReturnType<LogsClient['createLogStream']> {
    return this.#call('logs:CreateLogStream', () => this.#client.createLogStream(...args));
  }

  putRetentionPolicy(
    ...args: Parameters<LogsClient['putRetentionPolicy']>
  ): ReturnType<LogsClient['putRetentionPolicy']> {
    return this.#call('logs:PutRetentionPolicy', () => this.#client.putRetentionPolicy(...args));
  }

  async #call<T>(action: LogsAction, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      const outcome = classify(error);
      // The answer has told the SDK the service's time, by which it signs the next request.
      if (outcome.kind === 'skewed') return call();
      this.lastFailure = { action, outcome };
      throw error;
    }
  }
}
