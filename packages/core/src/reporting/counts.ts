/**
 * What became of the log events. Each accepted event is in exactly one of delivered, rejected, dropped and
 * pending. A message too long for one event counts as the several events that carry it.
 */
export interface Counts {
  /** Events taken over from the logger, and those that an earlier process had left in the spool. */
  readonly accepted: number;
  /** Events that the service acknowledged. */
  readonly delivered: number;
  /** Events that the service refused, by its reason. */
  readonly rejected: {
    /** Older than 14 days. */
    readonly tooOld: number;
    /** Older than the log group's retention. */
    readonly expired: number;
    /** More than two hours ahead. */
    readonly tooNew: number;
    /** Refused for another reason, which the problem `invalid-event` tells. */
    readonly invalid: number;
  };
  /** Events that were never acknowledged, by our reason. */
  readonly dropped: {
    /** The message was empty, which the service does not take. */
    readonly empty: number;
    /** The oldest, when `maxBufferBytes` was reached. */
    readonly bufferFull: number;
    /** The oldest in the spool, when `spoolMaxBytes` was reached. */
    readonly spoolFull: number;
    /** In the spool, but torn by a crash, corrupt, or not to be read. */
    readonly unreadable: number;
    /** Not delivered within `closeTimeoutMs` at the end, or logged after it. */
    readonly closed: number;
    /** The worker thread that held them, or was to take them, had ended. */
    readonly workerEnded: number;
  };
  /** Events that were left in the spool when the process, or the worker thread, ended. The next one accepts them anew. */
  readonly spooled: number;
  /** Events that wait or are under way. */
  readonly pending: number;
}

/** The counts of two pipelines together. */
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
    },
    spooled: a.spooled + b.spooled,
    pending: a.pending + b.pending,
  };
}
