/**
 * The number of log events by outcome. Each accepted event is counted in exactly one of delivered, rejected, dropped,
 * spooled, filtered, fallback and pending. A message that is too long for one event counts as the several events that it is split
 * into.
 */
export interface Counts {
  /** Events from the logger, and events that an earlier process had left in the spool. */
  readonly accepted: number;
  /** Events that CloudWatch Logs acknowledged. */
  readonly delivered: number;
  /** Events that CloudWatch Logs rejected, by reason. */
  readonly rejected: {
    /** Older than 14 days. */
    readonly tooOld: number;
    /** Older than the log group's retention. */
    readonly expired: number;
    /** More than 2 hours in the future. */
    readonly tooNew: number;
    /** Rejected for another reason, which the problem `invalid-event` reports. */
    readonly invalid: number;
  };
  /** Events that the transport gave up, by reason. */
  readonly dropped: {
    /** The message was empty. CloudWatch Logs does not accept empty messages. */
    readonly empty: number;
    /** More than `maxBufferBytes` waited in memory. */
    readonly bufferFull: number;
    /** More than `spoolMaxBytes` waited in the spool. */
    readonly spoolFull: number;
    /** The spool file was truncated by a crash, is corrupt, or cannot be read. */
    readonly unreadable: number;
    /** Not delivered within `closeTimeoutMs` at the end, or logged after the transport was closed. */
    readonly closed: number;
    /**
     * The worker thread ended, and the events were only in its memory or were logged after that. Or there is none, and the pipeline
     * cannot be loaded in the application's thread.
     */
    readonly workerEnded: number;
    /** More than `maxBytesPerSecond` was logged. */
    readonly rateLimited: number;
  };
  /** Events left in the spool when the process or worker thread ended. The next one accepts and delivers them. */
  readonly spooled: number;
  /** Records that the function `filter` of the option `module` kept back. */
  readonly filtered: number;
  /** Events that would have been dropped, and were written to stdout or stderr instead: see the option `fallback`. */
  readonly fallback: number;
  /** Events that wait or are in flight. */
  readonly pending: number;
}

/** The sums of the counts of two pipelines. */
export function addCounts(a: Counts, b: Counts): Counts {
  const { rejected, dropped } = a;
  return {
    accepted: a.accepted + b.accepted,
    delivered: a.delivered + b.delivered,
    rejected: {
      tooOld: rejected.tooOld + b.rejected.tooOld,
      expired: rejected.expired + b.rejected.expired,
      tooNew: rejected.tooNew + b.rejected.tooNew,
      invalid: rejected.invalid + b.rejected.invalid,
    },
    dropped: {
      empty: dropped.empty + b.dropped.empty,
      bufferFull: dropped.bufferFull + b.dropped.bufferFull,
      spoolFull: dropped.spoolFull + b.dropped.spoolFull,
      unreadable: dropped.unreadable + b.dropped.unreadable,
      closed: dropped.closed + b.dropped.closed,
      workerEnded: dropped.workerEnded + b.dropped.workerEnded,
      rateLimited: dropped.rateLimited + b.dropped.rateLimited,
    },
    spooled: a.spooled + b.spooled,
    filtered: a.filtered + b.filtered,
    fallback: a.fallback + b.fallback,
    pending: a.pending + b.pending,
  };
}
