import type { CreateLogGroupCommandInput } from '@aws-sdk/client-cloudwatch-logs';
import type { Batch } from '../batching/batch.js';
import type { DestinationName, LogStreamName } from '../contracts/destination.js';
import type { RejectedLogEventsInfo } from './classify.js';

/** The calls of CloudWatch Logs that delivery needs. Each rejects with the SDK's error. */
export interface LogsClient {
  putLogEvents(request: PutEventsRequest): Promise<PutEventsResult>;
  createLogGroup(settings: LogGroupSettings): Promise<void>;
  createLogStream(name: LogStreamName): Promise<void>;
  putRetentionPolicy(logGroupName: string, retentionInDays: number): Promise<void>;
}

export type LogGroupSettings = Pick<
  CreateLogGroupCommandInput,
  'logGroupName' | 'logGroupClass' | 'kmsKeyId' | 'tags' | 'deletionProtectionEnabled'
>;

export interface PutEventsRequest extends DestinationName {
  readonly batch: Batch;
}

export interface PutEventsResult {
  readonly rejectedLogEventsInfo?: RejectedLogEventsInfo | undefined;
  readonly rejectedEntityInfo?: { readonly errorType?: string | undefined } | undefined;
  /** The service took the events, but the body of its response could not be read. */
  readonly isUnreadable?: boolean;
}
