import type { Report } from '@putlogs/core';
import { LossReports, Reporter } from '@putlogs/core/internal';
import test from 'ava';
import { ManualClock } from '../../support/manual-clock.js';

function setUp(refusedGoTo?: string) {
  const reports: Report[] = [];
  const reporter = new Reporter((report) => reports.push(report), false, new ManualClock());
  return {
    losses: new LossReports(
      { maxBufferBytes: 1234, maxRecordBytes: 500, maxBytesPerSecond: 99, spoolMaxBytes: 5678 },
      reporter,
      refusedGoTo,
    ),
    /** The code and the text of each report. */
    texts: () =>
      reports.flatMap((report) => (report.kind === 'problem' ? [`${report.code}: ${report.message}`] : [])),
  };
}

const failure = { name: 'InvalidParameterException', message: 'the reason' };

for (const [what, settled, text] of [
  [
    'rejected by timestamp',
    { kind: 'delivered', rejected: { tooOld: 1, expired: 1, tooNew: 1 } },
    /^rejected-events: CloudWatch Logs rejected 3 events by timestamp: .* Check the clock/,
  ],
  [
    'refused for good',
    { kind: 'invalid', failure },
    /^invalid-event: CloudWatch Logs refuses 3 events, which are lost\. \(InvalidParameterException: the reason\)$/,
  ],
  [
    'dropped for lack of memory',
    { kind: 'dropped', reason: 'bufferFull' },
    /^buffer-full: More than maxBufferBytes \(1234\) wait for delivery: 3 events were dropped/,
  ],
  [
    'dropped for lack of room on disk',
    { kind: 'dropped', reason: 'spoolFull' },
    /^spool-full: More than spoolMaxBytes \(5678\) wait in the spool: the oldest 3 events were dropped\. Raise it\.$/,
  ],
  [
    'not delivered in time',
    { kind: 'dropped', reason: 'closed' },
    /^not-delivered: 3 events were not delivered in the time that closeTimeoutMs allows, and are lost\. If an earlier report says why nothing is delivered, correct that first\. If the service is only slow, raise closeTimeoutMs\. With a spool, /,
  ],
  [
    'not waited for',
    { kind: 'dropped', reason: 'abandoned' },
    /^not-delivered: 3 events were not delivered before the process ended, and are lost\. If the application called process\.exit\(\), await flush\(\) first/,
  ],
  [
    'unreadable on disk',
    { kind: 'unreadable', error: new Error('cut short') },
    /^unreadable: 3 events in the spool cannot be read: .*\(cut short\)$/,
  ],
] as const)
  test(`a report says how many events were ${what}`, (t) => {
    const { losses, texts } = setUp();
    losses.eventsSettled(3, settled);
    t.is(texts().length, 1);
    t.regex(texts()[0] ?? '', text);
  });

test('what is no loss is not reported', (t) => {
  const { losses, texts } = setUp();
  losses.eventsSettled(3, { kind: 'delivered', rejected: { tooOld: 0, expired: 0, tooNew: 0 } });
  losses.eventsSettled(3, { kind: 'spooled' });
  t.deepEqual(texts(), []);
});

test('a report says where the events are written that the service refuses', (t) => {
  const { losses, texts } = setUp('stdout');
  losses.eventsSettled(1, { kind: 'invalid', failure });
  t.regex(texts()[0] ?? '', /refuses 1 event, which is written to stdout instead\. \(/);
});
