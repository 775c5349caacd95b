import type { Entity } from '../identity/entity.js';
import type { Counts } from './counts.js';

/**
 * What is wrong. Each code (of `module`, each kind of failure) is reported at most once a minute, with the number of events
 * lost since the last report. The message says what to do.
 */
export type ProblemCode =
  // Events wait. They are delivered when the cause is gone.
  /** The account or the log group is over its request quota. Raise `flushIntervalMs` or the quota if it lasts. */
  | 'throttled'
  /** CloudWatch Logs cannot be reached, answers with a server error, or does not answer in time. Check the network. */
  | 'unavailable'
  /** The log group or log stream does not exist and cannot be created. Create it, or grant the permission to. */
  | 'missing'
  /** Region, credentials or permissions are missing or refused, or the host's clock is wrong. Correct them. */
  | 'denied'
  /** The service refuses every request to a log group, so batches wait instead of being given up. Read its reason. */
  | 'refused'
  // Events are lost.
  /** The service rejected events for their timestamps (`rejected.tooOld`, `expired`, `tooNew`). Check the clock. */
  | 'rejected-events'
  /** The service refused single events for another reason (`rejected.invalid`). A dead-letter file keeps them. */
  | 'invalid-event'
  /**
   * More than `maxBufferBytes` waited, and the oldest events were dropped (`dropped.bufferFull`). Use a spool, or raise
   * it.
   */
  | 'buffer-full'
  /** More than `spoolMaxBytes` waited on disk, and the oldest events were dropped (`dropped.spoolFull`). Raise it. */
  | 'spool-full'
  /**
   * Spool files are damaged or were removed (`dropped.unreadable`). Check the disk, and what else deletes files there.
   */
  | 'unreadable'
  /**
   * Time ran out at the end of the process (`dropped.closed`). Raise `closeTimeoutMs`, or await `flush()` before exit.
   */
  | 'not-delivered'
  /** Records were logged after the transport was closed (`dropped.closed`). Close it last. */
  | 'logged-after-close'
  /**
   * The worker thread ended or cannot be started. Its undelivered events are lost (`dropped.workerEnded`) unless
   * spooled.
   */
  | 'worker'
  /** More than `maxBytesPerSecond` was logged (`dropped.rateLimited`). Log less, or raise it. */
  | 'rate-limited'
  /**
   * A record was longer than `maxRecordBytes` or than half of `maxBufferBytes` holds, and was cut. Raise the limit, or log less
   * in one record.
   */
  | 'record-cut'
  /** Events that could not be delivered cannot be written to the `fallback` either, and are lost. Look for who reads it. */
  | 'fallback-failed'
  // Events are written elsewhere.
  /** Events could not be delivered, and were written to `fallback` instead. The message says why. */
  | 'fallback'
  // Events are not affected.
  /** The host's clock differs from the service's. Requests are signed with the service's time. Set the clock. */
  | 'clock'
  /** Too many log streams are in use, so batches are sent before they are full. Use fields with fewer values. */
  | 'too-many-open-batches'
  /** Records name more log streams than `maxLogStreams`. Further ones share an overflow log stream. */
  | 'log-streams'
  /** The file of the option `module` cannot be loaded, or a function in it fails. Records are sent without it. Correct it. */
  | 'module'
  /** The service accepted a request, but its answer cannot be parsed. Its events count as delivered. Check proxies. */
  | 'unreadable-answer'
  /** The entity was rejected by the service, or could not be detected completely. Set `service` and `environment`. */
  | 'entity'
  /** Unknown variables begin with `PUTLOGS_`. They are ignored. Check their names. */
  | 'unknown-variable'
  /** The endpoint is plain HTTP and not on this host, so others can read events and session tokens. Use HTTPS. */
  | 'plain-http'
  /** OpenTelemetry sends the records of the logger too. Set `disableLogSending`, or leave this transport out. */
  | 'otel-logs'
  /** A record has more than the 200 fields that CloudWatch Logs Insights finds. Told once; one record in a thousand is looked at. */
  | 'insights-fields'
  /** The retention of a new log group was not set. Grant `logs:PutRetentionPolicy`, or set it by hand. */
  | 'retention'
  /** The name of the log group asks for a service or an environment that nothing says. Set `service`, `environment`. */
  | 'log-group-name'
  /** A log group was created in the class `DELIVERY`, which keeps events for one day. Use another `logGroupClass`. */
  | 'log-group-class'
  /**
   * The spool directory cannot be used. Events are kept in memory only. Check its owner, its permissions and the disk.
   */
  | 'spool'
  /** The dead-letter file cannot be written. Refused events are lost while this lasts. Check its folder and the disk. */
  | 'dead-letters';

/** What the transport reports to the application. Every report carries the counts at that moment. */
export type Report = CountsReport | ProblemReport | EntityReport;

/** Every 10 seconds while events are logged, and at the end. */
interface CountsReport {
  readonly kind: 'counts';
  readonly counts: Counts;
}

interface ProblemReport {
  readonly kind: 'problem';
  readonly code: ProblemCode;
  /** What happened, what it means for events, and what to do: one line, without secrets and control characters. */
  readonly message: string;
  readonly counts: Counts;
}

/** Once, soon after the start. */
interface EntityReport {
  readonly kind: 'entity';
  /** The entity that events are sent with; undefined if they are sent without one. */
  readonly entity: Entity | undefined;
  /** The source of each key attribute (except `Type`) and of each attribute. */
  readonly origins: Readonly<Record<string, string>>;
  /** The entity and its sources as one line: `entity Service checkout in ecs:prod (name from …, environment from …)`. */
  readonly message: string;
  readonly counts: Counts;
}
