import { channel } from 'node:diagnostics_channel';
import type { Report } from './report-types.js';

/** What subscribers of the diagnostics channel `putlogs:report` get. */
export interface PublishedReport {
  readonly logGroupName: string;
  readonly report: Report;
}

const reports = channel('putlogs:report');

/** Publishes a report on the main thread, for monitoring that has no reference to the transport. */
export function publishReport(logGroupName: string, report: Report): void {
  if (reports.hasSubscribers) reports.publish({ logGroupName, report } satisfies PublishedReport);
}
