import { spawnSync } from 'node:child_process';
import type { Report } from '@putlogs/core';
import { addCounts, Reporter } from '@putlogs/core/internal';
import test from 'ava';
import fc from 'fast-check';
import { NO_EVENTS } from '../../support/counts.js';
import { ManualClock } from '../../support/manual-clock.js';

function setUp() {
  const clock = new ManualClock();
  const reports: Report[] = [];
  const reporter = new Reporter((report) => reports.push(report), false, clock);
  const problems = () =>
    reports.flatMap((report) => (report.kind === 'problem' ? [`${report.code}: ${report.message}`] : []));
  return { clock, reporter, reports, problems };
}

/** The message of a problem that is reported with this text. */
function messageOf(text: string): string {
  const { reporter, reports } = setUp();
  reporter.problem('unavailable', text);
  const [report] = reports;
  return report?.kind === 'problem' ? report.message : '';
}

test('a problem is reported with its code, its text and the counts', (t) => {
  const { reporter, reports } = setUp();
  reporter.accept(3);
  reporter.watchPending(() => 3);
  reporter.problem('denied', 'Not allowed.');
  t.deepEqual(reports, [
    { kind: 'problem', code: 'denied', message: 'Not allowed.', counts: reporter.counts },
  ]);
  t.is(reports[0]?.counts.pending, 3);
});

test('a problem is reported at most once a minute, and the next report says how many were withheld', async (t) => {
  const { clock, reporter, problems } = setUp();
  reporter.problem('throttled', 'first');
  await clock.advance(59_999);
  reporter.problem('throttled', 'withheld');
  reporter.problem('throttled', 'withheld');
  t.deepEqual(problems(), ['throttled: first']);
  await clock.advance(1);
  reporter.problem('throttled', 'second');
  t.deepEqual(problems(), ['throttled: first', 'throttled: second (2 more since the last report)']);
});

test('counts that have changed are reported after ten seconds, even if nothing else happens', async (t) => {
  const { clock, reporter, reports } = setUp();
  reporter.accept(1);
  reporter.reportCountsSometimes();
  reporter.deliver(1);
  reporter.reportCountsSometimes();
  await clock.advance(9_999);
  t.deepEqual(reports, []);
  await clock.advance(1);
  t.deepEqual(
    reports.map(({ counts }) => [counts.accepted, counts.delivered]),
    [[1, 1]],
  );
  t.is(clock.timers, 0);
  await clock.advance(60_000);
  t.is(reports.length, 1);
});

for (const [how, ms] of [
  ['back', -3_600_000],
  ['forwards', 3_600_000],
] as const) {
  test(`reports keep their intervals when the clock is set ${how} by an hour`, async (t) => {
    const { clock, reporter, reports } = setUp();
    reporter.accept(1);
    reporter.problem('throttled', 'first');
    clock.set(clock.now() + ms);
    reporter.problem('throttled', 'withheld');
    reporter.reportCountsSometimes();
    t.is(reports.length, 1);
    await clock.advance(60_000);
    reporter.problem('throttled', 'second');
    reporter.reportCountsSometimes();
    t.deepEqual(
      reports.map(({ kind }) => kind),
      ['problem', 'counts', 'problem'],
    );
  });
}

test('the minute and the withheld problems are counted from the last report', async (t) => {
  const { clock, reporter, problems } = setUp();
  reporter.problem('throttled', 'first');
  await clock.advance(30_000);
  reporter.problem('throttled', 'withheld');
  await clock.advance(30_000);
  reporter.problem('throttled', 'second');
  await clock.advance(30_000);
  reporter.problem('throttled', 'withheld');
  await clock.advance(30_000);
  reporter.problem('throttled', 'third');
  await clock.advance(60_000);
  reporter.problem('throttled', 'fourth');
  t.deepEqual(problems(), [
    'throttled: first',
    'throttled: second (1 more since the last report)',
    'throttled: third (1 more since the last report)',
    'throttled: fourth',
  ]);
});

test('problems with different codes do not withhold each other', (t) => {
  const { reporter, problems } = setUp();
  reporter.problem('throttled', 'a');
  reporter.problem('denied', 'b');
  reporter.problem('throttled', 'c');
  t.deepEqual(problems(), ['throttled: a', 'denied: b']);
});

for (const [what, text, message] of [
  ['the first line only', 'said\nAuthorization: secret', 'said'],
  ['the first line only, however it ends', 'said\r\nAuthorization: secret', 'said'],
  ['the first line only, after a carriage return', 'said\rAuthorization: secret', 'said'],
  ['no escape sequences', '\u001b[31mred\u001b[0m', '\\u001b[31mred\\u001b[0m'],
  ['no other control characters', 'a\u0000b\u009bc\u202ed', 'a\\u0000b\\u009bc\\u202ed'],
  ['no secrets', 'http://user:hunter2@host is down', 'http://…@host is down'],
  ['other characters unchanged', 'é “quoted” 🙃', 'é “quoted” 🙃'],
  ['no more than a thousand characters', 'x'.repeat(1001), 'x'.repeat(1000)],
] as const) {
  test(`a message contains ${what}`, (t) => t.is(messageOf(text), message));
}

test('a message is one line without control characters, whatever text it quotes', (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 50 }), (text) => {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: matching control characters is the purpose
      t.notRegex(messageOf(text), /[\u0000-\u001f\u007f-\u009f]/);
    }),
    { numRuns: 1000 },
  );
});

test('a report of lost events counts all events lost since the last report', async (t) => {
  const { clock, reporter, problems } = setUp();
  const text = (events: number) => `${events} lost`;
  reporter.loss('buffer-full', 1, text);
  reporter.loss('buffer-full', 10, text);
  reporter.loss('buffer-full', 100, text);
  await clock.advance(60_000);
  reporter.loss('buffer-full', 1000, text);
  t.deepEqual(problems(), ['buffer-full: 1 lost', 'buffer-full: 1110 lost']);
});

test('reportWithheld() reports the losses that were withheld', (t) => {
  const { reporter, reports, problems } = setUp();
  const text = (events: number) => `${events} lost`;
  reporter.accept(11);
  reporter.loss('buffer-full', 1, text);
  reporter.loss('buffer-full', 10, text);
  reporter.problem('denied', 'once');
  reporter.problem('denied', 'twice');
  reporter.reportWithheld();
  t.deepEqual(problems(), ['buffer-full: 1 lost', 'denied: once', 'buffer-full: 10 lost']);
  t.is(reports.at(-1)?.kind, 'counts');
  reporter.reportWithheld();
  t.is(problems().length, 3);
});

test('the counts of two pipelines are added counter by counter', (t) => {
  const one = setUp().reporter;
  const all = [
    () => one.accept(1000),
    () => one.deliver(1),
    () => one.reject('tooOld', 2),
    () => one.reject('expired', 3),
    () => one.reject('tooNew', 4),
    () => one.reject('invalid', 5),
    () => one.drop('empty', 6),
    () => one.drop('bufferFull', 7),
    () => one.drop('closed', 8),
    () => one.drop('workerEnded', 9),
  ];
  for (const count of all) count();
  const before = one.counts;
  for (const count of all) count();
  t.deepEqual(addCounts(before, before), one.counts);
});

test('pending events are counted, not calculated, so a wrong sum shows', (t) => {
  const { reporter } = setUp();
  let waiting = 1000;
  reporter.watchPending(() => waiting);
  reporter.accept(1000);
  reporter.accept(1);
  t.is(reporter.counts.pending, 1000);
  waiting = 774;
  reporter.deliver(100);
  reporter.reject('tooOld', 1);
  reporter.reject('expired', 2);
  reporter.reject('tooNew', 4);
  reporter.reject('invalid', 8);
  reporter.drop('empty', 16);
  reporter.drop('bufferFull', 32);
  reporter.drop('closed', 64);
  t.deepEqual(reporter.counts, {
    accepted: 1001,
    delivered: 100,
    rejected: { tooOld: 1, expired: 2, tooNew: 4, invalid: 8 },
    dropped: {
      empty: 16,
      bufferFull: 32,
      spoolFull: 0,
      unreadable: 0,
      closed: 64,
      workerEnded: 0,
      rateLimited: 0,
    },
    spooled: 0,
    filtered: 0,
    fallback: 0,
    pending: 774,
  });
});

test('reported counts do not change later', (t) => {
  const { reporter, reports } = setUp();
  let waiting = 2;
  reporter.watchPending(() => waiting);
  reporter.accept(2);
  reporter.reportCounts();
  waiting = 0;
  reporter.deliver(1);
  reporter.reject('tooOld', 1);
  reporter.drop('closed', 1);
  t.deepEqual(reports, [{ kind: 'counts', counts: { ...NO_EVENTS, accepted: 2, pending: 2 } }]);
});

test('while events are logged, counts are reported at most every 10 seconds', async (t) => {
  const { clock, reporter, reports } = setUp();
  reporter.accept(1);
  reporter.reportCountsSometimes();
  await clock.advance(9999);
  reporter.reportCountsSometimes();
  t.is(reports.length, 0, 'not at the start');
  await clock.advance(1);
  reporter.reportCountsSometimes();
  reporter.reportCountsSometimes();
  t.is(reports.length, 1);
  await clock.advance(5000);
  reporter.accept(1);
  reporter.reportCounts();
  reporter.accept(1);
  await clock.advance(9999);
  reporter.reportCountsSometimes();
  t.is(reports.length, 2, '10 seconds after the last report of either kind');
  await clock.advance(1);
  reporter.reportCountsSometimes();
  t.is(reports.length, 3);
});

test('unchanged counts are not reported again', (t) => {
  const { reporter, reports } = setUp();
  reporter.reportCounts();
  t.is(reports.length, 0, 'nothing was counted yet');
  for (const count of [
    () => reporter.accept(1),
    () => reporter.deliver(1),
    () => reporter.reject('tooOld', 1),
    () => reporter.drop('closed', 1),
    () => reporter.spool(1),
  ]) {
    count();
    reporter.reportCounts();
    const { length } = reports;
    reporter.reportCounts();
    reporter.reportWithheld();
    t.is(reports.length, length);
  }
  t.is(reports.length, 5);
});

test('when the process is idle, counts are reported once, then at most every 10 seconds', async (t) => {
  const { clock, reporter, reports } = setUp();
  for (let i = 0; i < 5; i++) {
    reporter.accept(1);
    reporter.reportCountsWhenIdle();
  }
  t.is(reports.length, 1);
  await clock.advance(10_000);
  reporter.reportCountsWhenIdle();
  t.is(reports.length, 2);
});

test('an error that the callback throws is written to stderr and has no other effect', (t) => {
  const { stderr, status } = stderrOf(true, '', 'console.log("goes on");', "throw new Error('on purpose')");
  t.is(status, 0, stderr);
  t.true(
    stderr.startsWith(
      'putlogs: report: The callback that receives the reports threw: on purpose\nputlogs: denied: ',
    ),
  );
});

test('at exit, losses are reported when they reach 1, 2, … 10, 20, … 100, 200 events', (t) => {
  const listener =
    "process.on('exit', () => { for (let i = 0; i < 250; i++) reporter.loss('worker', 1, String); });";
  const { stderr, stdout } = stderrOf(true, '', `reporter.loss('worker', 300, String); ${listener}`);
  const digits = [1, 2, 3, 4, 5, 6, 7, 8, 9];
  const reported = [300, ...digits, ...digits.map((digit) => 10 * digit), 100, 200];
  t.true(stderr.endsWith(reported.map((n) => `putlogs: worker: ${n}\n`).join('')), stderr);
  t.is(stdout, 'emitted\n'.repeat(2 + reported.length));
});

test('at exit, a listener that logs and loses a record for each report does not run for ever', (t) => {
  const emit = "console.log('emitted'); if (isEnding) lose(7);";
  const before = "let isEnding = false; const lose = (n) => reporter.loss('worker', n, String);";
  const after = "lose(300); process.on('exit', () => { isEnding = true; lose(1); });";
  const { status, stdout } = stderrOf(true, before, after, emit);
  t.is(status, 0);
  t.true(stdout.split('\n').length < 30, stdout);
});

test('at exit, counts are reported only once, however often they change', (t) => {
  const count = 'reporter.accept(1); reporter.reportCounts();';
  const after = `reporter.loss('worker', 300, String); process.on('exit', () => { for (let i = 0; i < 5; i++) { ${count} } });`;
  const { stdout, stderr } = stderrOf(true, '', after, 'console.log(report.kind)');
  t.is(stdout, 'problem\ncounts\nproblem\ncounts\n', stderr);
});

/** The output of a process that reports one problem. */
function stderrOf(
  toStderr: boolean,
  before = '',
  after = '',
  emit = "console.log('emitted')",
): { stderr: string; stdout: string; status: number | null } {
  const module = import.meta.resolve('@putlogs/core/internal');
  const script = `
    import { Reporter } from ${JSON.stringify(module)};
    ${before}
    const reporter = new Reporter((report) => { ${emit} }, ${toStderr}, { monotonic: () => 0 });
    reporter.problem('denied', 'Not \\u001b[31mallowed.\\nsecret');
    reporter.problem('denied', 'withheld');
    reporter.accept(1);
    reporter.reportCounts();
    ${after}
  `;
  const { stderr, stdout, status } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    encoding: 'utf8',
  });
  return { stderr, stdout, status };
}

test('a problem is written to stderr as one line', (t) => {
  t.is(stderrOf(true).stderr, 'putlogs: denied: Not \\u001b[31mallowed.\n');
});

test('withheld losses are reported when the process exits without close()', (t) => {
  const { stderr } = stderrOf(true, '', "for (const n of [1, 20, 300]) reporter.loss('worker', n, String);");
  t.true(stderr.endsWith('putlogs: worker: 1\nputlogs: worker: 320\n'), stderr);
});

test('with reportToStderr: false nothing is written to stderr, and reports are still emitted', (t) => {
  t.deepEqual(stderrOf(false), { stderr: '', stdout: 'emitted\nemitted\n', status: 0 });
});

test('a closed stderr causes no failure', (t) => {
  const ended = stderrOf(true, "import { closeSync } from 'node:fs'; closeSync(2);");
  t.is(ended.stdout, 'emitted\nemitted\n');
});
