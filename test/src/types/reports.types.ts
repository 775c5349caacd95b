// Compiled, and never run: an error that is expected and does not come fails the build.
import type { Counts as PinoCounts, Report as PinoReport, ProblemCode } from '@putlogs/pino';
import type { CloudWatchTransport, Counts, Report } from '@putlogs/winston';
import type { Equal, Expect } from './expect.js';

export type Cases = [
  Expect<Equal<PinoReport, Report>>,
  Expect<Equal<PinoCounts, Counts>>,
  Expect<Equal<Report['kind'], 'counts' | 'problem' | 'entity'>>,
  Expect<Equal<CloudWatchTransport['counts'], Counts>>,
  Expect<
    Equal<
      keyof Counts,
      'accepted' | 'delivered' | 'rejected' | 'dropped' | 'spooled' | 'filtered' | 'fallback' | 'pending'
    >
  >,
  Expect<Equal<keyof Counts['rejected'], 'tooOld' | 'expired' | 'tooNew' | 'invalid'>>,
  Expect<
    Equal<
      keyof Counts['dropped'],
      'empty' | 'bufferFull' | 'spoolFull' | 'unreadable' | 'closed' | 'workerEnded' | 'rateLimited'
    >
  >,
];

/** A switch over the kinds is complete, and each kind has its own members. */
export function switchOverKinds(report: Report): number {
  // @ts-expect-error not every report has one
  report.code;
  switch (report.kind) {
    case 'counts':
      // @ts-expect-error of problems and the entity
      report.message;
      return report.counts.pending;
    case 'problem': {
      const { code, message, counts } = report;
      type OfProblem = [Expect<Equal<typeof code, ProblemCode>>, Expect<Equal<typeof message, string>>];
      // @ts-expect-error no such code
      return code === 'no-such-code' ? 0 : counts.accepted + ([] as unknown as OfProblem).length;
    }
    case 'entity':
      return Object.keys(report.entity?.keyAttributes ?? report.origins).length;
  }
}

export function readOnly(counts: Counts) {
  // @ts-expect-error only the transport counts
  counts.delivered = 1;
  // @ts-expect-error only the transport counts
  counts.dropped.closed++;
}
