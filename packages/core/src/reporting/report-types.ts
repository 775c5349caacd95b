import type { Entity } from '../identity/entity.js';
import type { Counts } from './counts.js';

/**
 * What is wrong. Each code (of `module`, each kind of failure) is reported at most once a minute, with the number of events
 * lost since the last report. The message says what to do. scripts/reports-page.js writes docs/reports.md from these comments.
 */
export type ProblemCode =
  // Events wait. They are delivered when the cause is gone.
  /**
   * The account sends more requests than its quota allows. Fix: if it lasts, raise `flushIntervalMs`, so that
   * requests get fuller, or have the quota raised.
   */
  | 'throttled'
  /**
   * CloudWatch Logs cannot be reached, answers with a server error, or does not answer in time. Fix: check the
   * network, the proxy and the endpoint. If the service itself is down, it comes back by itself.
   */
  | 'unavailable'
  /**
   * The log group or log stream does not exist and cannot be created. Fix: create it, or grant the permission to
   * create it, which `putlogs policy` prints.
   */
  | 'missing'
  /**
   * Region, credentials, permissions or signature are missing or refused, or the host's clock is wrong. Fix: correct
   * what the message names; `putlogs doctor` finds it.
   */
  | 'denied'
  /**
   * The service refuses every request to a log group, so batches wait instead of being given up. Fix: the message
   * quotes the reason.
   */
  | 'refused'
  // Events are lost.
  /**
   * The service rejected events because of their time: they are too old, expired or too new (`rejected.tooOld`,
   * `expired`, `tooNew`). Fix: check the clock, the time that records state, and the retention of the log group.
   */
  | 'rejected-events'
  /**
   * The service refused single events for another reason (`rejected.invalid`). Fix: set `deadLetterFile`, which keeps
   * such events and the reason.
   */
  | 'invalid-event'
  /**
   * More than `maxBufferBytes` waited, and the oldest events were dropped, or the newest if the worker is behind
   * (`dropped.bufferFull`). Fix: use a spool, or raise the limit.
   */
  | 'buffer-full'
  /**
   * More than `spoolMaxBytes` waited on disk, and the oldest events were dropped (`dropped.spoolFull`). Fix: raise
   * the limit.
   */
  | 'spool-full'
  /**
   * Files of the spool are damaged or were removed (`dropped.unreadable`). Fix: check the disk, and what else deletes
   * files there.
   */
  | 'unreadable'
  /**
   * The process ended before events were delivered (`dropped.closed`). Fix: correct what an earlier report names. If
   * there is none: in-process, `await flush()` before `process.exit()`; otherwise raise `closeTimeoutMs`, or use a
   * spool.
   */
  | 'not-delivered'
  /**
   * Records were logged while the process was ending, or to a closed pipeline of `@putlogs/core` (`dropped.closed`).
   * Fix: close it last.
   */
  | 'logged-after-close'
  /**
   * A worker thread ended, is stuck, or cannot start. What only it held is lost (`dropped.workerEnded`); if it cannot
   * start, nothing is, unless the application's thread cannot do its work. Fix: the message says why. Often the
   * worker is out of memory, or missing from a bundle.
   */
  | 'worker'
  /** More than `maxBytesPerSecond` was logged (`dropped.rateLimited`). Fix: log less, or raise the limit. */
  | 'rate-limited'
  /**
   * A record was longer than `maxRecordBytes`, or too long for half of `maxBufferBytes`, and lost its end. Fix: log
   * less in one record, or raise the limit.
   */
  | 'record-cut'
  /**
   * Events that could not be delivered cannot be written to the `fallback` either. Fix: check what reads
   * stdout or stderr, and whether it keeps up.
   */
  | 'fallback-failed'
  // Events are written elsewhere.
  /**
   * Events that could not be delivered were written to stdout or stderr instead. Fix: the message says why they could
   * not be delivered.
   */
  | 'fallback'
  // Events are not affected.
  /**
   * The host's clock differs from the service's by a minute or more. Requests and events get the service's time. Fix:
   * set the clock.
   */
  | 'clock'
  /**
   * More than 5,000 batches are open, so batches are sent before they are full. Fix: name log streams and services
   * after fields with fewer values.
   */
  | 'too-many-open-batches'
  /**
   * Records name more log streams and services than `maxLogStreams`. Further ones share an overflow log stream. Fix:
   * use fields with fewer values, or raise the limit.
   */
  | 'log-streams'
  /**
   * The file of the option `module` cannot be loaded, or a function in it fails. Records are sent as they were
   * logged. Fix: correct the file.
   */
  | 'module'
  /**
   * The service accepted a request, but its answer cannot be parsed. Its events count as delivered. Fix: check what
   * is in between, such as a proxy.
   */
  | 'unreadable-answer'
  /** The entity is incomplete, missing, or rejected by the service. Fix: set `service` and `environment`. */
  | 'entity'
  /** An environment variable begins with `PUTLOGS_` and is not known. It is ignored. Fix: check its name. */
  | 'unknown-variable'
  /**
   * Requests go to another machine without TLS, so others can read events and session tokens. Fix: use an `https`
   * endpoint.
   */
  | 'plain-http'
  /**
   * OpenTelemetry sends the records of the logger too, so you pay for them twice. Fix: set `disableLogSending` in
   * its instrumentation, or leave this transport out.
   */
  | 'otel-logs'
  /**
   * A record has more than the 200 fields that Logs Insights finds in one, including those of nested objects and the
   * elements of arrays. Reported once; one record in a thousand is checked. Fix: log fewer fields in one record.
   */
  | 'insights-fields'
  /** The retention of a new log group could not be set. Fix: grant `logs:PutRetentionPolicy`, or set it by hand. */
  | 'retention'
  /**
   * `{service}` or `{environment}` in `logGroupName` is not known, so that part of the name is `unknown`. Fix: set
   * `service` and `environment`.
   */
  | 'log-group-name'
  /**
   * The log group is created in the class `DELIVERY`, which keeps events for one day. Fix: unless this is
   * intended, delete the log group and set another `logGroupClass`.
   */
  | 'log-group-class'
  /**
   * The spool directory cannot be used, or does not respond. Events are kept in memory only. Fix: check its owner,
   * its permissions and the disk.
   */
  | 'spool'
  /**
   * The dead-letter file cannot be written, or does not respond. What waits for it is lost when the process ends.
   * Fix: check its folder and the disk.
   */
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
