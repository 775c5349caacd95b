import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import sdk from '../aws/sdk.cjs';
import type { StreamPattern } from './stream-pattern.js';
import type { TailEvent } from './tail-event.js';

/** A log group to read, as it is described. */
export interface LogGroupName {
  readonly logGroupName: string;
  readonly arn: string;
}

export interface Selection {
  readonly filterPattern: string | undefined;
  readonly streams: StreamPattern;
}

/** Reads log groups. Each call rejects with the SDK's error. */
export class LogSource {
  readonly #client: CloudWatchLogsClient;
  readonly #selection: Selection;

  constructor(client: CloudWatchLogsClient, selection: Selection) {
    this.#client = client;
    this.#selection = selection;
  }

  /** The events of one log group in order of time. */
  async *read(
    { logGroupName }: LogGroupName,
    startTime: number,
    signal: AbortSignal,
  ): AsyncGenerator<TailEvent & { readonly eventId: string }> {
    const { filterPattern, streams } = this.#selection;
    let nextToken: string | undefined;
    do {
      const command = new sdk.FilterLogEventsCommand({
        logGroupName,
        startTime,
        ...(filterPattern !== undefined && { filterPattern }),
        ...(streams.prefix !== undefined && { logStreamNamePrefix: streams.prefix }),
        ...(nextToken !== undefined && { nextToken }),
      });
      const page = await this.#client.send(command, { abortSignal: signal });
      for (const {
        logStreamName = '',
        timestamp = 0,
        ingestionTime = 0,
        message = '',
        eventId = '',
      } of page.events ?? [])
        if (streams.matches(logStreamName))
          yield { logGroupName, logStreamName, timestamp, ingestionTime, message, eventId };
      ({ nextToken } = page);
    } while (nextToken !== undefined);
  }

  /** What arrives from now on: a batch each second, empty ones included. It ends after three hours. */
  async *live(
    groups: readonly LogGroupName[],
    signal: AbortSignal,
  ): AsyncGenerator<{ readonly events: readonly TailEvent[]; readonly isSampled: boolean }> {
    const { filterPattern, streams } = this.#selection;
    const [only, ...others] = groups;
    const prefixes = streams.prefix !== undefined && others.length === 0 ? [streams.prefix] : undefined;
    const command = new sdk.StartLiveTailCommand({
      logGroupIdentifiers: groups.map(({ arn }) => arn),
      ...(filterPattern !== undefined && { logEventFilterPattern: filterPattern }),
      ...(prefixes !== undefined && { logStreamNamePrefixes: prefixes }),
    });
    const { responseStream = [] } = await this.#client.send(command, { abortSignal: signal });
    for await (const part of responseStream) {
      if (part.sessionStart !== undefined) yield { events: [], isSampled: false };
      const { sessionResults = [], sessionMetadata } = part.sessionUpdate ?? {};
      const events = sessionResults.map((result) => ({
        logGroupName: nameOf(groups, result.logGroupIdentifier) ?? only?.logGroupName ?? '',
        logStreamName: result.logStreamName ?? '',
        timestamp: result.timestamp ?? 0,
        ingestionTime: result.ingestionTime ?? 0,
        message: result.message ?? '',
      }));
      const matching = events.filter(({ logStreamName }) => streams.matches(logStreamName));
      yield { events: matching, isSampled: sessionMetadata?.sampled === true };
    }
  }
}

/** The service names a log group by its ARN, or by account and name. */
function nameOf(groups: readonly LogGroupName[], identifier = ''): string | undefined {
  return groups.find(({ logGroupName, arn }) => identifier === arn || identifier.endsWith(`:${logGroupName}`))
    ?.logGroupName;
}
